azure_auth::app! {
    roles: { Writer("\u{54}asks\x2eWrite\u{e9}") },
}

fn main() {}
