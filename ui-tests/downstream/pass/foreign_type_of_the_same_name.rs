use poem::{FromRequest, Request, RequestBody, Result, get, handler};

struct Token<T>(std::marker::PhantomData<T>);

impl<'a, T> FromRequest<'a> for Token<T> {
    async fn from_request(_: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(std::marker::PhantomData))
    }
}

#[azure_auth::public]
#[handler]
fn home(_: Token<u8>) -> &'static str {
    "home"
}

#[azure_auth::protect(application_roles = "Jobs.Run")]
#[handler]
fn jobs(_: Token<u8>) -> &'static str {
    "jobs"
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(home), "/jobs" => get(jobs) });
}
