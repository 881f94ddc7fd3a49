use poem::{FromRequest, get, handler, web::Data};

#[azure_auth::public(reason = "shown to everyone")]
#[handler]
fn count<T: Clone + ToString + Send + Sync + 'static>(number: Data<&T>) -> String {
    number.to_string()
}

#[azure_auth::public]
#[handler]
fn shown<T: for<'a> FromRequest<'a> + ToString + Send + Sync>(argument: T) -> String {
    argument.to_string()
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(count::<u8>::default()).post(shown::<String>::default()) }.data(7_u8));
}
