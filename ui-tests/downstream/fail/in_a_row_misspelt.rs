use poem::endpoint::make_sync;

fn main() {
    drop(azure_auth::endpoints! {
        "/mail" => protect(make_sync(|_| "mail"), downstream = "https://graph.microsoft.com/Mail.Reed"),
    });
}
