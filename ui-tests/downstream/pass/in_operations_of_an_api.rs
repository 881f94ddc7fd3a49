use std::sync::Arc;

use azure_auth::{ApplicationToken, Token, graph};
use poem_openapi::param::Query;
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};

struct Mail<S>(Arc<S>);

#[azure_auth::protect_api]
#[OpenApi]
impl<S: Send + Sync + 'static> Mail<S> {
    #[protect(scopes = "Mail.Show")]
    #[oai(path = "/mail", method = "get")]
    async fn mail(&self, _token: Token<graph::MailRead>, page: Query<Option<u32>>) -> PlainText<String> {
        PlainText(format!("{:?} {}", page.0, Arc::strong_count(&self.0)))
    }

    #[public]
    #[oai(path = "/home", method = "get")]
    async fn home(&self, _token: Option<Token<graph::UserRead>>) -> PlainText<&'static str> {
        PlainText("home")
    }

    #[protect(application_roles = "Jobs.Run")]
    #[oai(path = "/jobs", method = "post")]
    async fn jobs(&self, _token: ApplicationToken<graph::Resource>) -> PlainText<&'static str> {
        PlainText("jobs")
    }

    #[protect(downstream = graph::MailSend)]
    #[oai(path = "/mail", method = "post")]
    async fn send(&self, store: poem::web::Data<&Arc<S>>) -> PlainText<String> {
        PlainText(Arc::strong_count(&store).to_string())
    }
}

fn main() {
    let service = OpenApiService::new(Mail(Arc::new(())), "Mail", "1.0");
    drop(azure_auth::endpoints! { "/" => nest(service) });
}
