use poem::{get, handler};

#[allow(clippy::let_and_return, reason = "the lint belongs to the body")]
#[azure_auth::protect]
#[expect(unused_variables, reason = "it stays where it was written")]
#[handler]
#[inline]
fn files() -> &'static str {
    let unused = 7;
    let text = "files";
    text
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(files) });
}
