azure_auth::app! {
    tenants: { Contoso("11111111-aaaa-4bbb-8ccc-222222222222") },
}

fn main() {}
