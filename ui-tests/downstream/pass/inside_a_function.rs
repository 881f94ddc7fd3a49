use azure_auth::Token;
use poem::{get, handler};

fn main() {
    azure_auth::app! {
        roles: { Admin },
        downstream: {
            orders("11111111-aaaa-4bbb-8ccc-222222222222") { OrdersRead("Orders.Read"), OrdersWrite("Orders.Write") = "Order" },
            graph_new("https://graph.microsoft.com") { BooksRead("Books.Read"), MailRead("Mail.Read") },
            empty("api://empty") {},
        },
    }

    #[azure_auth::protect(roles = Admin)]
    #[handler]
    fn list(_: Token<(orders::OrdersRead, orders::OrdersWrite)>, _: azure_auth::ApplicationToken<empty::Resource>) -> &'static str {
        "orders"
    }

    #[azure_auth::protect(downstream = graph_new::BooksRead)]
    #[handler]
    fn books(_: Token<(azure_auth::graph::UserRead, graph_new::MailRead)>) -> &'static str {
        "books"
    }

    drop(azure_auth::endpoints! { "/" => get(list), "/books" => get(books) });
}
