use azure_auth::Endpoints;
use poem::endpoint::make_sync;
use poem::{Route, get, handler};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

fn files(greeting: &'static str) -> Endpoints {
    azure_auth::endpoints! {
        "/"               => get(home),
        "/:id"            => get(home),
        "/:id/text"       => get(home),
        r"/page/<\d{1,3}>" => get(home),
        r"/line/:at<\d+>" => get(home),
        "/all/*rest"      => get(home),
        "/greeting"       => public(make_sync(move |_| greeting), reason = "the same for everyone"),
    }
}

fn main() {
    let own = Route::new().at("/", make_sync(|_| "own"));
    let endpoints = azure_auth::endpoints! {
        "/"       => get(home),
        "/files"  => nest(files("hello")),
        "/inline" => nest(azure_auth::endpoints! { "/" => get(home) }),
        "/own"    => public(own, reason = "made by hand"),
        "/assets/*path" => public(make_sync(|_| "asset"), reason = "assets",),
    };
    drop(endpoints);
}
