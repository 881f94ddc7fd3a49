azure_auth::app! {
    roles: { Writer, Admin },
    policies: {
        Editor = role(Writer) || role(Admin),
        Reader = Editor && !Editor,
    },
}

fn main() {}
