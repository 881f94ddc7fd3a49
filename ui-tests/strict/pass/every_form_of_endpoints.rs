#![no_implicit_prelude]
use ::{poem, std};
use ::azure_auth::Endpoints;
use ::poem::http::Method;
use ::poem::middleware::SizeLimit;
use ::poem::{EndpointExt, RouteMethod, handler};

#[::azure_auth::public]
#[handler]
fn home() {}

fn nested() -> Endpoints {
    ::azure_auth::endpoints! {
        "/"                => ::poem::get(home),
        "/:id/text"        => ::poem::post(home.with(SizeLimit::new(7))),
        r"/line/:at<\d+>"  => ::poem::put(self::home).with(SizeLimit::new(7)),
        "/all/*rest"       => ::poem::delete(home).method(Method::PUT, home.with(SizeLimit::new(7))),
    }
}

fn main() {
    let endpoint = ::poem::endpoint::make_sync(|_| "pong");
    let endpoints = ::azure_auth::endpoints! {
        "/"          => ::poem::get(home).post(home).put(home).delete(home).head(home).options(home).patch(home),
        "/connect"   => ::poem::connect(home).trace(home),
        "/nested"    => nest(nested()),
        "/inline"    => nest(::azure_auth::endpoints! { "/" => ::poem::get(home) }),
        "/ping"      => public(endpoint, reason = "for the load balancer"),
        "/own/*path" => public(RouteMethod::new(), reason = "made by hand",),
    };
    ::std::mem::drop(endpoints.with(SizeLimit::new(7)).data(7_u8));
    ::std::mem::drop(::azure_auth::endpoints!());
}
