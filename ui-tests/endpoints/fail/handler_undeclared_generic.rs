use poem::{get, handler, web::Data};

#[handler]
fn naked<T: ToString + Send + Sync + 'static>(value: Data<&T>) -> String {
    value.to_string()
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(naked::<u8>::default()),
    };
}
