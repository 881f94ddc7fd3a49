azure_auth::app! {
    downstream: {
        management("https://management.azure.com/") { Impersonation("user_impersonation") },
    },
}

fn main() {}
