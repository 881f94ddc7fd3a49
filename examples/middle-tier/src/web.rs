//! What people see. It signs them in, and asks the API for their orders with a token that is for the API alone.

use azure_auth::{Endpoints, Login, Token, User};
use poem::web::{Data, Html};
use poem::{Result, get, handler};

use crate::api::Orders;
use crate::remote::Remote;

azure_auth::app! {
    downstream: {
        // "Application ID URI" of the API's registration, and what it lists under "Expose an API". This is the local one.
        orders("api://7ae90df3-4f2d-4e2a-8eec-e8b4ef802184") {
            OrdersRead("Orders.Read") = "Read the person's orders",
        },
    },
}

pub(crate) fn endpoints() -> Endpoints {
    azure_auth::endpoints! {
        "/"       => get(home),
        "/orders" => get(my_orders),
    }
}

#[azure_auth::public(reason = "the start page")]
#[handler]
fn home(user: Option<User>, login: Login) -> Html<String> {
    match user {
        Some(_) => page("Home", "<p>You are signed in.</p><a href=\"/orders\">Your orders</a>"),
        None => page("Home", &format!("<a href=\"{}\">Sign in with Microsoft</a>", login.return_to("/orders"))),
    }
}

#[azure_auth::protect(via = session)]
#[handler]
async fn my_orders(token: Token<orders::OrdersRead>, api: Data<&Remote>) -> Result<Html<String>> {
    let accepts = |status, headers: &_| token.accepts(status, headers);
    let Orders { name, orders } = api.get("/orders", token.authorization(), accepts).await?;
    let items: Vec<String> = orders.iter().map(|order| format!("<li>{}</li>", escape(order))).collect();
    let body = format!(
        "<ul>{}</ul><form method=\"post\" action=\"/logout\"><button>Sign out</button></form>\
         <script src=\"/session/watch.js\"></script>",
        items.concat(),
    );
    Ok(page(&format!("The orders of {name}"), &body))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn page(title: &str, body: &str) -> Html<String> {
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Orders</title>\
        <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
        <style>body{font:1.1rem system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem}button{font:inherit}</style>";
    Html(format!("{head}<main><h1>{}</h1>{body}</main>", escape(title)))
}
