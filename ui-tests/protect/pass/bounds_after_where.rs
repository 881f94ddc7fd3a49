use std::fmt::Display;
use std::sync::Arc;

use poem::{get, handler, web::Data};

#[azure_auth::protect(scopes = "openid")]
#[handler]
async fn pair<A, B>(first: Data<&Arc<A>>, Data(second): Data<&Arc<B>>) -> String
where
    A: Display + Send + Sync + 'static,
    Arc<B>: Display + Send + Sync + 'static,
    B: Send + Sync + 'static,
{
    std::future::ready(format!("{} {second}", first.0)).await
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(pair::<u8, String>::default()) });
}
