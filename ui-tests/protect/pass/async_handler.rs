use azure_auth::User;
use poem::{Body, handler, post};

#[azure_auth::protect]
#[handler]
async fn files(user: User, mut body: Body) -> poem::Result<String> {
    let text = std::mem::take(&mut body).into_string().await?;
    Ok(format!("{}: {text}", user.display_name()))
}

fn main() {
    drop(azure_auth::endpoints! { "/" => post(files) });
}
