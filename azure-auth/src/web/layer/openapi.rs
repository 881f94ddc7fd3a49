//! The document of an API, and Swagger UI, completed with what only the running application knows.

use std::any::TypeId;
use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::StatusCode;
use poem::http::header::{CONTENT_TYPE, HeaderValue};
use poem::web::Html;
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Result, RouteMethod};
use poem_openapi::{OpenApi, OpenApiService, Webhook};
use serde_json::{Value, json};

use super::operations::{DeclaredApi, Operation};
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::settings::configuration::Configuration;
use crate::rules::policy::openapi_document::{ApiDocument, DocumentedOperation, TokenSource};
use crate::web::request::context::RequestContext;
use crate::web::request::failure;
use crate::web::request::findings::CredentialRefusal;

/// The document of an API as JSON, version 3.0, for programs: what poem-openapi has, and for each operation the scopes
/// that it asks for and how it refuses.
///
/// It has what the operations ask for. A [`guard!`](crate::guard) around them may ask for more, which the report says.
///
/// The provider's addresses and the client id are known inside [`AzureAuth`](crate::AzureAuth) only: outside of it the
/// answer is 500. Clients ask for a scope by its whole name, `<client id>/Files.Read`.
///
/// Whoever may open it learns of operations, scopes and app roles, as with any document of an API; of groups, tenants,
/// checks and hidden operations it says nothing.
///
/// ```
/// # use poem_openapi::{OpenApi, OpenApiService, payload::PlainText};
/// # struct Files;
/// # #[azure_auth::protect_api]
/// # #[OpenApi]
/// # impl Files {
/// #     #[protect(scopes = "Files.Read")]
/// #     #[oai(path = "/files", method = "get")]
/// #     async fn list(&self) -> PlainText<&'static str> { PlainText("files") }
/// # }
/// let service = OpenApiService::new(Files, "Files", "1.0").server("/api");
/// let endpoints = azure_auth::endpoints! {
///     "/openapi.json" => public(azure_auth::openapi::spec_endpoint(&service), reason = "what the API offers"),
///     "/api"          => nest(service),
/// };
/// ```
pub fn spec_endpoint<A: DeclaredApi + OpenApi, W: Webhook>(service: &OpenApiService<A, W>) -> impl Endpoint + 'static {
    let document = Arc::new(document_of(service));
    poem::get(poem::endpoint::make(move |request| {
        let document = document.clone();
        async move {
            let (document, _) = completed(&document, &request).await?;
            let mut response = Response::builder().body(format!("{document:#}"));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok::<_, poem::Error>(response)
        }
    }))
}

/// Swagger UI for an API: its *Authorize* signs in at the provider, with the application's own client id, an
/// authorization code and PKCE (RFC 7636), and no secret.
///
/// Register the address of the page with `/oauth-receiver.html` behind it as a redirect URI of the platform
/// "Single-page application", such as `https://app.example.com/docs/oauth-receiver.html`.
///
/// It is a row of its own, and below it nothing else: see [`protect_api`](crate::protect_api).
///
/// ```
/// # use poem_openapi::{OpenApi, OpenApiService, payload::PlainText};
/// # struct Files;
/// # #[azure_auth::protect_api]
/// # #[OpenApi]
/// # impl Files {
/// #     #[protect(scopes = "Files.Read")]
/// #     #[oai(path = "/files", method = "get")]
/// #     async fn list(&self) -> PlainText<&'static str> { PlainText("files") }
/// # }
/// let service = OpenApiService::new(Files, "Files", "1.0").server("/api");
/// let endpoints = azure_auth::endpoints! {
///     "/docs" => public(azure_auth::openapi::swagger_ui(&service), reason = "the documentation"),
///     "/api"  => nest(service),
/// };
/// ```
pub fn swagger_ui<A: DeclaredApi + OpenApi, W: Webhook>(service: &OpenApiService<A, W>) -> impl Endpoint + 'static {
    SwaggerUiRow(poem::get(SwaggerUi {
        document: document_of(service),
        page: Page::of(&service.swagger_ui_html(), &service.spec()),
        of_poem: service.swagger_ui().map_to_response().boxed(),
    }))
}

/// Whether an endpoint is what [`swagger_ui`] gives, with nothing around it.
pub(super) fn is_swagger_ui<E: 'static>() -> bool {
    TypeId::of::<E>() == TypeId::of::<SwaggerUiRow>()
}

/// What tables know the page by.
struct SwaggerUiRow(RouteMethod);

impl Endpoint for SwaggerUiRow {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        self.0.call(request).await
    }
}

struct SwaggerUi {
    document: ApiDocument,
    /// None where poem-openapi writes its page in another way.
    page: Option<Page>,
    /// With the page that the provider sends the browser back to.
    of_poem: BoxEndpoint<'static>,
}

impl Endpoint for SwaggerUi {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if !request.uri().path().trim_matches('/').is_empty() {
            return self.of_poem.call(request).await;
        }
        let Some(page) = &self.page else {
            tracing::error!(target: "azure_auth::startup", "the document is not found in the page of this poem-openapi");
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into());
        };
        let (document, sign_in) = completed(&self.document, &request).await?;
        Ok(Html(page.with(&document, sign_in.as_ref())).into_response())
    }
}

/// The page of poem-openapi, in two parts: the document goes between them, as the value of a variable.
struct Page {
    before: String,
    after: String,
}

/// poem-openapi shows its page without this call.
const WITH_SIGN_IN: &str = "const show = SwaggerUIBundle; SwaggerUIBundle = options => { const ui = show(options); \
                            ui.initOAuth(signIn); return ui; }";

impl Page {
    fn of(page: &str, document: &str) -> Option<Self> {
        let (before, after) = page.split_once(document)?;
        Some(Self { before: before.to_owned(), after: after.to_owned() })
    }

    fn with(&self, document: &Value, sign_in: Option<&Value>) -> String {
        // Within a script, and a text in JSON may hold `</script>`.
        let written = |value: &Value| value.to_string().replace('<', "\\u003c");
        let Self { before, after } = self;
        let sign_in = sign_in.map(|sign_in| format!(";\nconst signIn = {};\n{WITH_SIGN_IN}", written(sign_in)));
        [before, &written(document), sign_in.as_deref().unwrap_or_default(), after].concat()
    }
}

fn document_of<A: DeclaredApi + OpenApi, W: Webhook>(service: &OpenApiService<A, W>) -> ApiDocument {
    let documented = |operation: &Operation| DocumentedOperation {
        path: operation.documented_path(),
        method: operation.method.to_owned(),
        access: operation.declaration.access,
        described: operation.described,
    };
    let document = serde_json::from_str(&service.spec()).unwrap_or_default();
    ApiDocument::new(document, A::operations().iter().map(documented).collect())
}

/// The document, and what Swagger UI has to know to sign in: other providers than Entra ID have no access
/// tokens that this API could accept.
async fn completed(document: &ApiDocument, request: &Request) -> Result<(Value, Option<Value>)> {
    let context = RequestContext::of(request)?;
    let configuration = &context.application().configuration;
    if !configuration.authority.is_entra() {
        return Ok((document.without_tokens(), None));
    }
    let metadata = metadata(&context).await?;
    let source = TokenSource {
        authorization_endpoint: metadata.authorization_endpoint.as_str(),
        token_endpoint: metadata.token_endpoint.as_str(),
        resource: resource(configuration),
    };
    let sign_in = json!({
        "clientId": configuration.client.id,
        "scopes": document.scopes(&source),
        "usePkceWithAuthorizationCodeGrant": true,
    });
    Ok((document.with_tokens_of(&source), Some(sign_in)))
}

async fn metadata(context: &RequestContext<'_>) -> Result<Arc<ProviderMetadata>> {
    match context.application().provider.snapshot_for_token().await {
        Ok(snapshot) => Ok(snapshot.metadata.clone()),
        Err(error) => Err(failure::refuse_credential(context, &CredentialRefusal::from(error), None).into()),
    }
}

/// The client id, which Entra ID takes from this application too (AADSTS90009), unless tokens for it are not accepted.
fn resource(configuration: &Configuration) -> &str {
    let own = &configuration.client.id;
    match configuration.audiences.first() {
        Some(other) if !configuration.audiences.contains(own) => other,
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_gets_the_document_and_the_sign_in() {
        let page = Page::of("<script>let spec = {a};\nSwaggerUIBundle({})</script>", "{a}").unwrap();
        let shown = page.with(&json!({ "x": "</script>" }), Some(&json!({ "clientId": "1" })));
        assert!(shown.starts_with(r#"<script>let spec = {"x":"\u003c/script>"};"#), "{shown}");
        assert!(
            shown.contains(r#"const signIn = {"clientId":"1"};"#) && shown.contains("ui.initOAuth(signIn)"),
            "{shown}"
        );
        assert!(shown.ends_with(";\nSwaggerUIBundle({})</script>"), "{shown}");
        assert!(!page.with(&json!({}), None).contains("initOAuth"), "nobody signs in at another provider");
    }

    #[test]
    fn a_page_without_the_document_is_none() {
        assert!(Page::of("<p>", "{a}").is_none());
    }
}
