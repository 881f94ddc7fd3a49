use azure_auth::{Guard, graph};
use poem::endpoint::make_sync;

static MAIL: Guard = azure_auth::guard!(downstream = graph::MailRead);

fn main() {
    let everything = azure_auth::guard!(
        via = bearer,
        allow = role("Admin") || role("Writer"),
        downstream = all("https://storage.azure.com/.default", graph::MailRead)
    );
    let endpoints = azure_auth::endpoints! {
        "/mail" => protect(make_sync(|_| "mail"), downstream = graph::MailRead),
        "/files" => protect(make_sync(|_| "files"), downstream = "https://storage.azure.com/user_impersonation"),
    };
    drop(endpoints.with(everything).with(MAIL));
}
