use poem::endpoint::make_sync;

macro_rules! rows {
    ($path:literal => $target:expr, $role:literal) => {
        azure_auth::endpoints! {
            $path   => $target,
            "/role" => protect(make_sync(|_| "role"), roles = $role),
        }
    };
}

fn main() {
    drop(rows!("/reports" => protect(make_sync(|_| "reports"), roles = "Admin", via = session), "Auditor"));
}
