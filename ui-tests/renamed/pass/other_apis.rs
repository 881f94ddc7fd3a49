use poem::{get, handler};
use sign_in::{ApplicationToken, Token, graph};

sign_in::app! {
    downstream: {
        orders("api://33333333-cccc-4ddd-8eee-444444444444") { OrdersRead("Orders.Read") = "Read the person's orders" },
        graph_new("https://graph.microsoft.com") { BooksRead("Books.Read") },
    },
}

#[sign_in::protect(downstream = all(orders::OrdersRead, "https://storage.azure.com/.default"))]
#[handler]
fn mail(_: Token<(graph::MailRead, graph_new::BooksRead)>) -> &'static str {
    "mail"
}

#[sign_in::public]
#[handler]
fn home(_: Option<Token<orders::OrdersRead>>, _: ApplicationToken<orders::Resource>) -> &'static str {
    "home"
}

fn main() {
    drop(sign_in::endpoints! { "/" => get(home), "/mail" => get(mail) });
}
