use poem::error::{NotFoundError, ResponseError};
use poem::http::StatusCode;
use poem::{get, handler, web::Path};

#[derive(Debug)]
struct Gone;

impl std::fmt::Display for Gone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("gone")
    }
}

impl std::error::Error for Gone {}

impl ResponseError for Gone {
    fn status(&self) -> StatusCode {
        StatusCode::GONE
    }
}

#[azure_auth::protect]
#[handler]
fn file(Path(id): Path<u32>) -> poem::Result<String> {
    let name = [Ok("a"), Err(Gone)].into_iter().nth(id as usize).ok_or(NotFoundError)??;
    Ok(name.to_owned())
}

#[azure_auth::protect]
#[handler]
fn text(Path(id): Path<u32>) -> Result<String, Gone> {
    if id == 0 { Err(Gone) } else { Ok(id.to_string()) }
}

fn main() {
    drop(azure_auth::endpoints! { "/files/:id" => get(file), "/texts/:id" => get(text) });
}
