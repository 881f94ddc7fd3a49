use std::sync::Arc;

use poem::{get, handler, web::Data};

azure_auth::app! { roles: { Admin }, scopes: { FilesRead("Files.Read") } }

trait Store: Send + Sync + 'static {
    fn name(&self) -> String;
}

struct Memory;

impl Store for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }
}

#[azure_auth::protect(roles = Admin, scopes = FilesRead, allow = !role("Trainee"))]
#[handler]
fn files<S: Store>(store: Data<&Arc<S>>) -> String {
    store.name()
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(files::<Memory>::default()) }.data(Arc::new(Memory)));
}
