fn administrators() -> Guard {
    azure_auth::guard!(roles = "Admin")
}

fn anyone() -> Guard {
    azure_auth::guard!()
}

fn auditors() -> Guard {
    azure_auth::guard!(
        scopes = "openid Reports.Read",
        groups = any("11111111-aaaa-4bbb-8ccc-222222222222"),
        allow = role("Auditor") || application_role("Jobs.Run"),
        check = office_hours
    )
}
