//! An API that nobody signs in to: programs call it with an access token of a person, and with that it asks Microsoft Graph on
//! behalf of the person.

use azure_auth::{Endpoints, Token, User, graph};
use poem::web::{Data, Json};
use poem::{Result, get, handler};
use serde::{Deserialize, Serialize};

use crate::remote::Remote;

azure_auth::app! {
    scopes: { OrdersRead("Orders.Read") = "Read the orders of the person" },
}

/// What the API answers.
#[derive(Serialize, Deserialize)]
pub(crate) struct Orders {
    /// Whose they are, as Microsoft Graph calls them.
    pub(crate) name: String,
    pub(crate) orders: Vec<String>,
}

/// What Microsoft Graph says of a person, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    display_name: String,
}

pub(crate) fn endpoints() -> Endpoints {
    azure_auth::endpoints! { "/orders" => get(orders) }
}

#[azure_auth::protect(via = bearer, scopes = OrdersRead)]
#[handler]
async fn orders(user: User, token: Token<graph::UserRead>, graph: Data<&Remote>) -> Result<Json<Orders>> {
    // What Graph asks of the person the caller is told: it goes to Microsoft with them, and comes back with a better token.
    let accepts = |status, headers: &_| token.accepts(status, headers);
    let profile: Profile = graph.get("/v1.0/me", token.authorization(), accepts).await?;
    Ok(Json(Orders { name: profile.display_name, orders: orders_of(&user) }))
}

/// Invented. In life they are looked up by this id, which is the same in the web application and never changes.
fn orders_of(user: &User) -> Vec<String> {
    let number = user.id().to_string().bytes().fold(1000, |sum, byte| sum + u32::from(byte));
    vec![format!("{number}: a box of pencils"), format!("{}: a lamp", number + 1)]
}
