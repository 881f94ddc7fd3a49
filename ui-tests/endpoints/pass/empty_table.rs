use azure_auth::Endpoints;

fn nothing() -> Endpoints {
    azure_auth::endpoints!()
}

fn main() {
    drop(nothing());
    drop(azure_auth::endpoints! {});
}
