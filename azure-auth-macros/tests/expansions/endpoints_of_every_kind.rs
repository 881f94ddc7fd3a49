fn endpoints() -> Endpoints {
    azure_auth::endpoints! {
        "/"       => get(home),
        "/files"  => get(files).post(write_file.with(SizeLimit::new(1 << 20))).with(Tracing),
        "/admin"  => nest(admin::endpoints()),
        "/static" => public(StaticFilesEndpoint::new("static"), reason = "assets"),
        "/audits" => protect(StaticFilesEndpoint::new("audits"), roles = "Auditor", check = office_hours),
    }
}
