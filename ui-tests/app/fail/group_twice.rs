azure_auth::app! {
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222"), Everyone("11111111-AAAA-4BBB-8CCC-222222222222") },
}

fn main() {}
