use poem::web::{Data, Json, Path, Query};
use poem::{Body, Request, handler, http::Method, post};

struct Count(u32);

#[azure_auth::public]
#[handler]
fn home(
    request: &Request,
    method: Method,
    Data(count): Data<&std::sync::Arc<Count>>,
    Path(id): Path<u32>,
    Query(pairs): Query<Vec<(String, String)>>,
    _: Body,
    text: Option<Json<u32>>,
) -> String {
    format!("{} {method} {} {id} {pairs:?} {text:?}", request.uri(), count.0)
}

fn main() {
    drop(azure_auth::endpoints! { "/:id" => post(home) }.data(std::sync::Arc::new(Count(7))));
}
