//! Where in an application the layer is mounted: whether the answer of the provider arrives there.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use poem::{PathPattern, Request};

use crate::rules::configuration::mounting;
use crate::web::application::state::{Application, MountedApplication, is_first};
use crate::web::request::findings::Findings;
use crate::web::request::request_site;

/// As one request shows it. An application may be reached in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// Sign-in works.
    Fit,
    /// Another layer of the same application is outside this one, and does everything.
    Inner,
    /// The library's own paths are not here; nobody needs them here, or another layer has them.
    Part,
    /// Nobody can sign in.
    Misplaced,
}

/// Judges where a request arrives. Outside of every router nothing can be wrong, and nothing is looked at.
pub(crate) fn of(mounted: &MountedApplication, request: &Request) -> Placement {
    if request.extensions().is_empty() { Placement::Fit } else { inside(&mounted.application, request) }
}

#[cold]
fn inside(application: &Arc<Application>, request: &Request) -> Placement {
    if let Some(outer) = request.extensions().get::<Arc<Findings>>() {
        if Arc::ptr_eq(&outer.mounted.application, application) {
            note_twice(application);
            return Placement::Inner;
        }
        let callback = request_site::addresses(application, request).path(&application.configuration.paths.callback);
        if application.signs_in() && answers(outer.application(), request, &callback) {
            return note_misplaced(application, &inside_another(&callback));
        }
    }
    let Some(PathPattern(pattern)) = request.extensions().get() else { return Placement::Fit };
    if mounting::can_reach(
        pattern,
        request_site::addresses(application, request).prefix(),
        &application.configuration.paths.callback,
    ) {
        return Placement::Fit;
    }
    if !application.signs_in() {
        return Placement::Part;
    }
    // One layer around each of several parts: the way back may well get to another one.
    if application.mounts.load(Ordering::Relaxed) > 1 {
        note_part(application, &below(application, request, pattern));
        return Placement::Part;
    }
    note_misplaced(application, &below(application, request, pattern))
}

fn inside_another(callback: &str) -> String {
    format!(
        "an `AzureAuth` is inside another one, which answers {callback:?} itself: give one of them other paths \
         (AZURE_AUTHORIZATION_CODE_ENDPOINT, `login_path`, `logout_path`, `session_path`)"
    )
}

fn below(application: &Application, request: &Request, pattern: &str) -> String {
    let callback = request_site::addresses(application, request).path(&application.configuration.paths.callback);
    let is_nested = !pattern.ends_with('/') && !pattern.contains([':', '*', '<']);
    let site = request_site::of(application, request);
    let origin = site.as_ref().map_or("https://example.com", |site| site.origin.as_str());
    let further = if is_nested {
        format!(
            ", or, if browsers reach this part below that path, say so with AZURE_PUBLIC_URL, as in `{origin}{pattern}`"
        )
    } else {
        String::new()
    };
    format!(
        "`AzureAuth` is mounted at {pattern:?} of a router, and the provider sends people back to {callback:?}, which never \
         arrives there: put `.with(auth)` around the whole application{further}"
    )
}

/// Whether an application answers a path itself.
fn answers(application: &Application, request: &Request, path: &str) -> bool {
    let own = application.configuration.own_paths();
    let prefix = request_site::addresses(application, request).prefix();
    std::iter::once(path).chain(mounting::behind_prefix(path, prefix)).any(|path| own.iter().any(|own| own == path))
}

fn note_misplaced(application: &Application, remedy: &str) -> Placement {
    if is_first(&application.noted_place) {
        tracing::error!(target: "azure_auth::startup", "nobody can sign in here, which is answered with 500: {remedy}");
    }
    Placement::Misplaced
}

fn note_part(application: &Application, remedy: &str) {
    if is_first(&application.noted_place) {
        tracing::warn!(
            target: "azure_auth::startup",
            "{remedy}; it works only if another layer of the same `AzureAuth` gets it"
        );
    }
}

/// Says that a layer is there for nothing.
fn note_twice(application: &Application) {
    if is_first(&application.noted_place) {
        tracing::warn!(
            target: "azure_auth::startup",
            "the same `AzureAuth` is around this application twice; the inner one does nothing: remove one `.with(auth)`"
        );
    }
}

/// A path of the library in another spelling, which the application did not know.
pub(crate) fn note_spelling(application: &Application) {
    if is_first(&application.noted_spelling) {
        tracing::warn!(
            target: "azure_auth::startup",
            "a path of the library was asked for with further slashes, and answered with 404: if the application normalizes paths, put \
             `NormalizePath` outside of `AzureAuth`, as in `.with(auth).with(NormalizePath::new(TrailingSlash::Trim))`"
        );
    }
}
