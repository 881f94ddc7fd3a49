use poem::web::{Data, Path, RealIp, RemoteAddr};
use poem::{Request, get, handler};

#[azure_auth::protect]
#[handler]
fn files(
    request: &Request,
    address: &RemoteAddr,
    RealIp(real): RealIp,
    Data(name): Data<&String>,
    Path((id, version)): Path<(u32, String)>,
) -> String {
    format!("{} {address} {real:?} {name} {id} {version}", request.uri())
}

fn main() {
    drop(azure_auth::endpoints! { "/files/:id/:version" => get(files) }.data("files".to_owned()));
}
