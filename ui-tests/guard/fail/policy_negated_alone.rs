azure_auth::app! {
    roles: { Writer },
    policies: { Editor = role(Writer) || role("Owner") },
}

static GUARD: azure_auth::Guard = azure_auth::guard!(allow = !Editor);

fn main() {
    let _ = &GUARD;
}
