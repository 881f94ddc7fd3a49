use poem::handler;

mod vocabulary {
    azure_auth::app! {
        roles: { Admin },
        scopes: { FilesRead("Files.Read") },
        groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
        policies: { Editor = role(Admin) },
        downstream: {
            orders("api://33333333-cccc-4ddd-8eee-444444444444") {
                OrdersRead("Orders.Read") = "Read the person's orders",
                OrdersWrite("Orders.Write"),
            },
            storage("https://storage.azure.com") { Everything(".default") },
        },
    }
}

#[azure_auth::protect(downstream = vocabulary::Admin)]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
