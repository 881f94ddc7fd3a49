static ADMINS: azure_auth::Guard = azure_auth::guard!(roles = "Admin", rolls = "Auditor");

fn main() {
    let _ = ADMINS;
}
