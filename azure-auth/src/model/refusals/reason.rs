//! The catalogue of reasons: everything this library refuses, each under a code that never changes its meaning.

use super::explanation::{Explanation, Responsible};

macro_rules! reasons {
    ($($name:ident, $code:literal, $status:literal, $responsible:ident, $sentence:literal, $cause:literal, $remedy:literal;)+) => {
        /// One entry of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Reason {
            $($name,)+
        }

        impl Reason {
            /// All of them, in the order of the documentation.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)+];

            pub(crate) const fn explanation(self) -> &'static Explanation {
                match self {
                    $(Self::$name => &Explanation {
                        code: $code,
                        status: $status,
                        sentence: $sentence,
                        cause: $cause,
                        remedy: $remedy,
                        responsible: Responsible::$responsible,
                    },)+
                }
            }
        }
    };
}

reasons! {
    // Who calls?
    NotSignedIn, "not-signed-in", 401, Visitor,
        "You are not signed in.",
        "the request came with neither a session nor an `Authorization` header",
        "sign in, or send an access token as `Authorization: Bearer …`";
    SessionKeyUnknown, "session-key-unknown", 401, Developer,
        "You are not signed in.",
        "replicas have different session keys, or the keys changed without the old one staying in the list",
        "give every replica the same `AZURE_SESSION_KEYS`, and keep an old key behind the new one for as long as sessions live";
    SessionCut, "session-cut", 401, Developer,
        "You are not signed in.",
        "a proxy shortens headers or drops one of several cookies, or the session store was changed",
        "let the proxy pass headers of 16 KiB (nginx: `large_client_header_buffers`), then sign in again";
    SessionTooLong, "session-too-long", 401, Developer,
        "You are not signed in.",
        "something else wrote a cookie under the name of the session",
        "delete the cookies of this site, then sign in again";
    SessionChanged, "session-changed", 401, Developer,
        "You are not signed in.",
        "the cookie was changed on its way, is another application's, or somebody tries to forge one",
        "sign in again; give each application on one host an `AZURE_PUBLIC_URL` with a path of its own";
    SessionUnknown, "session-unknown", 401, Visitor,
        "You are not signed in any more. Please sign in again.",
        "the session ended, the process that keeps sessions in memory restarted, or the store dropped its keys",
        "sign in again; keep sessions in `cookie` or Redis (`AZURE_SESSION_STORE`) where restarts must not end them";
    SessionEnded, "session-ended", 401, Visitor,
        "You were signed out. Please sign in again.",
        "somebody signed out, here or at the provider, or the application ended the session",
        "sign in again";
    SessionOver, "session-over", 401, Visitor,
        "Your session is over. Please sign in again.",
        "the person was away for longer than the idle lifetime, or signed in longer ago than the absolute one",
        "sign in again; `AzureAuthBuilder::session_lifetimes` sets both times";
    SessionOfOtherAuthority, "session-of-other-authority", 401, Developer,
        "You are not signed in any more. Please sign in again.",
        "`AZURE_ISSUER_URI` was changed since the person signed in",
        "sign in again; if it happens for ever, give every replica the same `AZURE_ISSUER_URI`";
    SessionOfOtherTenant, "session-of-other-tenant", 401, TenantAdministrator,
        "Your organisation may not use this application.",
        "`AZURE_VALID_TENANT_IDS` does not list the tenant any more",
        "add the tenant's id to `AZURE_VALID_TENANT_IDS` if its people may sign in";
    SeveralAuthorizations, "several-authorizations", 400, Developer,
        "The request proves its sender twice.",
        "a client and a proxy each added an `Authorization` header",
        "send one `Authorization` header";
    AuthorizationScheme, "authorization-scheme", 401, Developer,
        "This way of proving who you are is not accepted here.",
        "the `Authorization` header is not `Bearer` with one token; the session is not looked at beside it",
        "send `Authorization: Bearer <access token>`, or no such header";
    TokenMissing, "token-missing", 401, Developer,
        "You are not signed in.",
        "the request has `Authorization: Bearer` with nothing after it, as Excel and Power Query send it at first; the \
         session is not looked at beside it",
        "send `Authorization: Bearer <access token>`, or no such header";
    OriginForeign, "foreign-origin", 403, Developer,
        "The request did not come from a page of this application.",
        "another site's page sent it, or the application is open under another address than `AZURE_PUBLIC_URL`",
        "send it from a page of the application, list the origin with `trusted_origins`, or use a bearer token";
    OriginMissing, "origin-missing", 403, Developer,
        "The request did not come from a page of this application.",
        "a program sent it with a browser's cookie and without `Origin` or `Sec-Fetch-Site`",
        "send `Origin`, or use a bearer token";

    // May they?
    SessionRequired, "session-required", 401, Developer,
        "This page is for people with a browser only.",
        "the handler says `via = session`, the request came with an access token",
        "sign in with a browser, or remove `via` from the handler";
    BearerRequired, "bearer-required", 401, Developer,
        "This address is for programs only.",
        "the handler says `via = bearer`, the request came with a session",
        "send an access token, or remove `via` from the handler";
    TenantNotAdmitted, "tenant-not-admitted", 403, TenantAdministrator,
        "Your organisation may not use this page.",
        "the handler's `tenants` do not list the caller's",
        "add the tenant's id to the handler's `tenants` if its people may call it";
    TenantMissing, "no-tenant", 403, Developer,
        "Your organisation may not use this page.",
        "the handler asks for a tenant (`tenants`, or `tenant(…)` in `allow`), and this provider has none",
        "remove `tenants`, or `tenant(…)` in `allow`, from the handler";
    ScopeMissing, "scope-missing", 403, Developer,
        "The program you use was not given this permission.",
        "the client did not ask for the scope, or nobody consented to it",
        "request `<application id URI>/<scope>` in the client and consent to it";
    RoleMissing, "role-missing", 403, TenantAdministrator,
        "You do not have the role that this needs.",
        "the person is not assigned to the app role, or has been since the last sign-in",
        "assign the app role under \"Users and groups\" of the enterprise application, then sign in again";
    GroupMissing, "group-missing", 403, TenantAdministrator,
        "You do not belong to the group that this needs.",
        "the person is not a member",
        "add the person to the group under \"Groups\", then sign in again";
    GroupsUnknown, "groups-unknown", 403, TenantAdministrator,
        "It is not known which groups you belong to.",
        "the registration puts no groups into tokens, or names in place of ids; the person is in more groups than a token \
         holds (overage); or the handler is not a row of the table, so that nobody asked for its groups at sign-in",
        "set `groupMembershipClaims` to \"Groups assigned to the application\", by their ids, or use app roles; name groups \
         of handlers outside the table in `AzureAuthBuilder::groups`; let Microsoft Graph be asked about overage \
         (`AZURE_GROUP_OVERAGE=graph`)";
    ApplicationNotAdmitted, "application-not-admitted", 403, Developer,
        "This is for people, not for programs of their own.",
        "an application without a user called a handler that names no application role",
        "add `application_roles` to the handler if applications may call it, or call it on behalf of a user";
    PersonNotAdmitted, "person-not-admitted", 403, Developer,
        "This is for programs of their own, not for people.",
        "a person called a handler that has `application_roles` and no key about people",
        "write `allow = user() || application_role(\"…\")` if both may call it, or add `scopes`, `roles` or `groups`";
    ApplicationRoleMissing, "application-role-missing", 403, TenantAdministrator,
        "This program was not given the permission that this needs.",
        "the application permission is not assigned, or an administrator has not consented",
        "add the application permission under \"API permissions\" of the client's registration and grant admin consent";
    PolicyNotMet, "policy-not-met", 403, Developer,
        "You may not do this.",
        "the handler's `allow` does not admit the caller",
        "compare `allow` with the roles, scopes and groups of the caller";
    CheckRefused, "check-refused", 403, Visitor,
        "You may not do this.",
        "the handler's own `check` refused this caller, or this object to them",
        "look at the `check` of the handler: the application itself decided so";
    HandlerRefused, "refused-by-handler", 403, Visitor,
        "You may not do this.",
        "the handler returned `Refusal::forbidden`: the object is not the caller's",
        "look at the handler, which returned `Refusal::forbidden`: the application itself decided so";
    NothingThere, "nothing-there", 404, Visitor,
        "There is nothing here for you.",
        "the handler, or its `check`, returned `Refusal::not_found`: there is no such object, or it is not the caller's",
        "look at the handler and its `check`, one of which returned `Refusal::not_found`";
    Undeclared, "undeclared", 403, Developer,
        "This address cannot be used at the moment.",
        "what answered in a `poem::Route` does not say who may call it, and `undeclared(Undeclared::Refuse)` withheld its \
         answer; what it did is done",
        "write `#[azure_auth::protect]` or `#[azure_auth::public]` above its `#[handler]`, or put `azure_auth::guard!(…)` or \
         `azure_auth::open!(reason = …)` around the router";
    CheckedMissing, "checked-missing", 500, Developer,
        "Something went wrong.",
        "the handler takes `Checked<…>`, and no guard in front of it has a `check` that gives one",
        "write `#[azure_auth::protect(check = …)]` above its `#[handler]`, with a function that returns it";
    CheckWithoutRequest, "check-without-request", 500, Developer,
        "Something went wrong.",
        "`AzureAuth::validate` was given a guard with a `check`, which is asked about a request; here there is none",
        "give it a guard without `check`, and ask the function yourself";
    UserRequired, "user-required", 403, Developer,
        "This is for people, not for programs of their own.",
        "the handler takes a `User`, the caller is an application without one",
        "take `Principal` in the handler, or call it on behalf of a user";
    ApplicationRequired, "application-required", 403, Developer,
        "This is for programs of their own, not for people.",
        "the handler takes an `Application`, the caller is a person",
        "take `Principal` in the handler, or call it with client credentials";
    NotMounted, "not-mounted", 500, Developer,
        "Something went wrong.",
        "a protected handler is not inside `AzureAuth`",
        "add `.with(AzureAuth::from_env()?)` to the whole application";
    LayerMisplaced, "layer-misplaced", 500, Developer,
        "Something went wrong.",
        "`AzureAuth` is mounted where the provider's answer never arrives: inside a router at a path that `AZURE_PUBLIC_URL` does \
         not have, or inside of another `AzureAuth` with the same paths",
        "put `.with(auth)` around the whole application, or set `AZURE_PUBLIC_URL` to the address of this part, such as \
         `https://example.com/app`; the log names both paths";

    // Access tokens.
    TokenTooLong, "token-too-long", 401, Developer,
        "The access token was not accepted.",
        "something else was sent in place of a token, or it carries very many claims",
        "send an access token of at most 16 KiB as `Authorization: Bearer …`";
    TokenEncrypted, "token-encrypted", 401, Developer,
        "The access token was not accepted.",
        "the registration of this API has `tokenEncryptionKeyId` set",
        "remove `tokenEncryptionKeyId` from the registration of this API";
    TokenMalformed, "token-malformed", 401, Developer,
        "The access token was not accepted.",
        "the token was cut, changed, or is not a signed token at all; Graph tokens of personal accounts are not signed tokens",
        "send the access token as it was received, for this API, as `Authorization: Bearer …`";
    TokenAlgorithm, "token-algorithm", 401, Developer,
        "The access token was not accepted.",
        "the token is not signed with RS256; Entra signs with nothing else",
        "request an access token of Microsoft Entra ID, for `<application id URI>/<scope>`";
    TokenOfGraph, "token-of-graph", 401, Developer,
        "The access token is for another program.",
        "the client asked for `User.Read` or another permission of Microsoft Graph, and got a token for Graph",
        "request a scope of this API, `<application id URI>/<scope>`";
    TokenIsIdToken, "token-is-id-token", 401, Developer,
        "The access token was not accepted.",
        "the client sent its ID token; that one tells the client who signed in and opens nothing",
        "send the `access_token` of the token answer, not its `id_token`";
    TokenKeyMissing, "token-key-missing", 401, Developer,
        "The access token was not accepted.",
        "the token does not name the key that signed it (`kid`)",
        "request an access token of Microsoft Entra ID, for `<application id URI>/<scope>`";
    TokenKeyUnknown, "token-key-unknown", 401, Developer,
        "The access token was not accepted.",
        "the token is from another cloud or tenant, or its key was withdrawn",
        "compare the token's issuer with `AZURE_ISSUER_URI`; a new key is accepted within 30 seconds, and an id that one fetch did not bring after 300";
    TokenSignature, "token-signature", 401, Developer,
        "The access token was not accepted.",
        "the token was changed on its way",
        "send the `access_token` as it was received";
    TokenClaims, "token-claims", 401, Developer,
        "The access token was not accepted.",
        "a claim is missing, appears twice, or has the wrong type",
        "request an access token of Microsoft Entra ID, version 1.0 or 2.0, for `<application id URI>/<scope>`";
    TokenIssuer, "token-issuer", 401, Developer,
        "The access token is from another organisation.",
        "the token is from another tenant or cloud than `AZURE_ISSUER_URI` names",
        "request the token at the authority of this API, `AZURE_ISSUER_URI`";
    TokenFirstVersion, "token-first-version", 401, Developer,
        "The access token was not accepted.",
        "the token is of version 1.0, which this authority's tokens cannot be told by",
        "set `requestedAccessTokenVersion` to 2 in the registration of this API";
    TokenAudience, "token-audience", 401, Developer,
        "The access token is for another program.",
        "the client asked for a token of another API, or by an application id URI that is not listed",
        "request a scope of this API, or add the audience to `AZURE_AUDIENCE`";
    TokenExpired, "token-expired", 401, Developer,
        "The access token has expired.",
        "the client keeps tokens beyond their lifetime, or this machine's clock is ahead",
        "request a new token; compare this machine's clock with the provider's (`timedatectl status`)";
    TokenNotYetValid, "token-not-yet-valid", 401, Developer,
        "The access token is not valid yet.",
        "this machine's clock is behind",
        "compare this machine's clock with the provider's (`timedatectl status`)";
    TokenTenantNotAccepted, "token-tenant-not-accepted", 403, Developer,
        "Your organisation may not use this application.",
        "`AZURE_VALID_TENANT_IDS` does not list the token's tenant",
        "add the tenant's id to `AZURE_VALID_TENANT_IDS` if its people and applications may call";
    TokenWithoutPermission, "token-without-permission", 401, Developer,
        "The access token gives no permission.",
        "the token has neither `scp` nor an application's own `roles`: any application of a tenant gets such a token \
         unless assignment is required",
        "grant the client a scope or an application permission of this API under \"API permissions\" of its registration";
    TokenNotAccepted, "token-not-accepted", 401, Developer,
        "Access tokens are not accepted here.",
        "the provider is not Microsoft Entra ID; its access tokens have no shape that is known here",
        "sign in with a browser; access tokens are accepted where `AZURE_ISSUER_URI` names Microsoft Entra ID";
    KeysNotLoaded, "keys-not-loaded", 503, Developer,
        "The sign-in service cannot be reached at the moment. Please try again.",
        "the provider's keys have not been loaded yet, and it does not answer",
        "check `AZURE_ISSUER_URI` and the network; `AzureAuth::ready` and the log tell what the provider answered";
    SessionStoreUnavailable, "session-store-unavailable", 503, Developer,
        "Sessions cannot be looked up at the moment. Please try again.",
        "the session store is down, slow, full, or refuses",
        "check the server that `AZURE_SESSION_STORE` names; `AzureAuth::ready` and the log tell what it answered";
    TooManyStreams, "too-many-streams", 503, Developer,
        "This application is open in too many tabs. Please close some of them.",
        "32 pages of one session listen to `/session/events` at this process, and one more wants to",
        "let each page open one `EventSource`, and close it with the page";

    // Tokens for other APIs.
    ConsentRequired, "consent-required", 401, Visitor,
        "For this, the application has to use another service on your behalf. Microsoft asks you whether it may.",
        "the person has not agreed that this program uses another API for them",
        "open the address in `sign_in` with the browser, which asks the person; a program requests its token with consent \
         for the scopes that the challenge names";
    InteractionRequired, "interaction-required", 401, Visitor,
        "Microsoft has to check once more who you are before this works.",
        "the refresh token expired or was revoked, or a rule of the tenant or of the other API asks for more proof",
        "open the address in `sign_in` with the browser; a program requests a new token with the claims of the challenge";
    PermissionNotGranted, "permission-not-granted", 403, TenantAdministrator,
        "A permission that this needs was not given.",
        "the person came back from Microsoft without the permission, or the provider left it out of the token",
        "let an administrator grant it under \"API permissions\" of the registration, then open the page again";
    ProofNotEnough, "proof-not-enough", 403, TenantAdministrator,
        "You proved who you are, and the other service still asks for more.",
        "another API sent a claims challenge for the third time within ten minutes",
        "compare the rules under \"Conditional Access\" with what the API asks for";
    PersonToActForMissing, "no-person-to-act-for", 403, Developer,
        "This is for people, not for programs of their own.",
        "an application without a person called a handler that acts for one at another API",
        "take `ApplicationToken` in the handler, or call it on behalf of a person";
    TokensUnavailable, "tokens-unavailable", 503, Developer,
        "The sign-in service cannot be reached at the moment. Please try again.",
        "the provider's token endpoint is down, slow, or wants fewer requests",
        "wait; if it lasts, look at the provider's health page, and ask the address of `AZURE_ISSUER_URI` with `curl` from this \
         machine";
    TokensRefused, "tokens-refused", 502, Developer,
        "The sign-in service gave an answer that cannot be used.",
        "the token endpoint refuses this program itself, or its answer is not a token of the kind that was asked for",
        "look the AADSTS code up with `azure_auth::explain`; the log names what is wrong with the answer";
    TokensNotKept, "tokens-not-kept", 500, Developer,
        "Something went wrong.",
        "a handler takes a token for another API, and sessions are kept in cookies, the provider is not Microsoft Entra ID, or \
         the program has no credential",
        "set `AZURE_SESSION_STORE` to `memory` or to the address of a Redis server, `AZURE_ISSUER_URI` to Entra ID, and a \
         credential, such as `AZURE_CLIENT_SECRET`";
    CredentialUnusable, "credential-unusable", 503, Developer,
        "This application cannot prove itself to the sign-in service at the moment.",
        "the file of the certificate or of the federated token cannot be used any more, or the endpoint of managed identities \
         gives no token",
        "read in the log what is wrong with it; `--auth-doctor` asks for a proof";
    ProgramChallenged, "program-challenged", 502, Developer,
        "Another service does not accept this program.",
        "another API answered with a claims challenge to the program's own token, which no person can meet",
        "look under \"Conditional Access\" for a rule that includes this program (\"Workload identities\")";

    // Sign-in.
    HostNotServed, "host-not-served", 421, Developer,
        "This address is not one under which this application signs people in.",
        "the request came for a host that is neither loopback nor configured",
        "set `AZURE_PUBLIC_URL` to the address browsers use, or to several; let a proxy in front pass the `Host` header on";
    NoSignIn, "no-sign-in", 404, Developer,
        "Nobody signs in here.",
        "no credential is set: the program is an API only",
        "set `AZURE_CLIENT_SECRET`, or another credential, to let people sign in";
    ProviderUnavailable, "provider-unavailable", 502, Developer,
        "The sign-in service cannot be reached at the moment, or gave no usable answer. Please try again.",
        "no network, a proxy that answers in the provider's place, or a wrong `AZURE_ISSUER_URI`",
        "check `AZURE_ISSUER_URI`, the network and the proxy (`HTTPS_PROXY`); the log tells what the provider answered";
    ProviderTimeout, "provider-timeout", 504, Developer,
        "The sign-in service did not answer in time. Please try again.",
        "the network or the provider is slow",
        "try again; if it lasts, ask the address of `AZURE_ISSUER_URI` with `curl` from this machine";
    ProviderAddress, "provider-address", 502, Developer,
        "The sign-in service cannot be reached at the moment, or gave no usable answer. Please try again.",
        "an address in the provider's metadata or the public URL cannot be used in a request",
        "compare `AZURE_ISSUER_URI` and `AZURE_PUBLIC_URL` with what was meant";
    ProviderRefused, "provider-refused", 400, Visitor,
        "Microsoft could not complete the sign-in.",
        "the person cancelled, or Microsoft found something that the AADSTS code names",
        "look the code up with `azure_auth::explain`; the page says who can fix it";
    ProviderForbids, "provider-forbids", 403, TenantAdministrator,
        "Microsoft does not let this person in.",
        "the person is not assigned to the application (50105), or a rule of the tenant forbids it (53003)",
        "assign the person under \"Users and groups\" of the enterprise application, or change the rule under \"Conditional Access\"";
    SignInUnknown, "sign-in-unknown", 400, Visitor,
        "This browser is not waiting for this answer. The page may be old, cookies may be off, or the sign-in may have \
         begun at another address.",
        "the page was left open for long or opened twice, cookies are off, or the sign-in began at another address",
        "sign in again, at one address: that of `AZURE_PUBLIC_URL`";
    SignInExpired, "sign-in-expired", 400, Visitor,
        "The sign-in took too long. Please try again.",
        "more than ten minutes passed at the provider",
        "sign in again";
    SignInNoRoom, "sign-in-no-room", 503, Developer,
        "Too many people sign in at the moment. Please try again in a few minutes.",
        "the process remembers as many answered sign-ins as it can: 65,536 of the last ten minutes",
        "try again; if it lasts, look in the access log for a flood of `/authorization-code/callback`, or let more processes serve the application";
    SignInBusy, "sign-in-busy", 503, Developer,
        "Too many people sign in at the moment. Please try again.",
        "256 sign-ins wait for the provider's token endpoint at the same time",
        "try again; if it lasts, look at how fast the provider answers, and in the access log for a flood of `/authorization-code/callback`";
    SignInLoop, "sign-in-loop", 400, Developer,
        "You signed in, and your browser did not bring the session back. Cookies may be off, or the application may be \
         open under another address than the one that signs in.",
        "the browser keeps no cookies, the application is open under two addresses, or replicas have different session keys",
        "open the application at `AZURE_PUBLIC_URL`, and give every replica the same `AZURE_SESSION_KEYS`";
    SilentSignInLoop, "silent-sign-in-loop", 400, Developer,
        "You could not be signed in without being asked. Please sign in.",
        "a page asks for `prompt=none` again although the provider has just answered that it has to ask the person",
        "ask for it once, and show the page to whoever comes back without a session; `Login::was_refused_silently` tells";
    SignInVetoed, "sign-in-vetoed", 403, Developer,
        "This application does not let you in.",
        "the application's own `AuthEvents::signed_in` refused",
        "look at `signed_in` of the application's own events: it decided so";
    CallbackMalformed, "callback-malformed", 400, Visitor,
        "This browser is not waiting for this answer. The page may be old, cookies may be off, or the sign-in may have \
         begun at another address.",
        "the address of the callback was changed, or another provider answered",
        "sign in again";
    ErrorUnasked, "unasked-error", 400, Visitor,
        "Microsoft reports an error, and no sign-in of this browser waits for it. If you were about to sign in, please try \
         again.",
        "a page of Microsoft that this application did not open ended in an error, or somebody made up the address",
        "sign in again; if an administrator was about to agree to permissions, look the AADSTS code up with `azure_auth::explain`";
    CodeNotRedeemed, "code-not-redeemed", 502, Developer,
        "The sign-in service cannot be reached at the moment, or gave no usable answer. Please try again.",
        "the program's secret or certificate is wrong or expired, or the redirect URI is registered for another platform than \"Web\"",
        "compare the program's credential, such as `AZURE_CLIENT_SECRET`, with \"Certificates & secrets\" of the app registration, and the platform of the redirect \
         URI under \"Authentication\"";
    TokenAnswerRefused, "token-answer-refused", 502, Developer,
        "The sign-in service gave an answer that cannot be used.",
        "the answer of the token endpoint has no `access_token` or `token_type`, or its tokens are of another kind than \
         `Bearer`",
        "let the registration of `AZURE_CLIENT_ID` use Bearer tokens; the log names the member";
    IdTokenRefused, "id-token-refused", 502, Developer,
        "The sign-in service gave an answer that cannot be trusted.",
        "`AZURE_ISSUER_URI` or `AZURE_CLIENT_ID` is another one than the provider's, or a clock is wrong",
        "compare `AZURE_ISSUER_URI` and `AZURE_CLIENT_ID` with the registration; the log names the claim that does not fit";
    TenantNotAccepted, "tenant-not-accepted", 403, TenantAdministrator,
        "Your organisation may not use this application.",
        "`AZURE_VALID_TENANT_IDS` does not list the person's tenant",
        "add the tenant's id to `AZURE_VALID_TENANT_IDS` if its people may sign in";
    SessionOverBudget, "session-over-budget", 503, TenantAdministrator,
        "Your account has more roles than this application can hold.",
        "the person has so many app roles that the session does not fit into a cookie",
        "assign fewer app roles, or keep sessions on the server (`AZURE_SESSION_STORE`)";
    PopupMalformed, "popup-malformed", 400, Developer,
        "This window was not opened the way this application opens it.",
        "a page opened the window for sign-in itself, without the challenge of a frame",
        "open it with `azureAuth.signIn()` of the library's script, `/session/embed.js`";
    EmbeddedCodeRefused, "embedded-code-refused", 400, Visitor,
        "The sign-in did not reach this page in time. Please try again.",
        "the code was used, is older than a minute, or was made for another frame or address",
        "sign in again";
    Internal, "internal", 500, Developer,
        "Something went wrong.",
        "the operating system gave no randomness, or a cookie could not be sealed",
        "look at the operating system of this machine: it must give randomness (`getrandom`)";
}

impl Reason {
    /// Whether it is a bound, which strangers can reach without end: the log has it once a minute.
    pub(crate) fn is_bound(self) -> bool {
        matches!(
            self,
            Self::SignInNoRoom | Self::SignInBusy | Self::TooManyStreams | Self::LayerMisplaced | Self::Undeclared
        )
    }

    /// Whether nobody is signed in, and signing in would help.
    pub(crate) fn asks_to_sign_in(self) -> bool {
        matches!(
            self,
            Self::NotSignedIn
                | Self::SessionKeyUnknown
                | Self::SessionCut
                | Self::SessionTooLong
                | Self::SessionChanged
                | Self::SessionUnknown
                | Self::SessionEnded
                | Self::SessionOver
                | Self::SessionOfOtherAuthority
                | Self::SessionOfOtherTenant
        )
    }

    pub(crate) fn code(self) -> &'static str {
        self.explanation().code
    }

    pub(crate) fn status(self) -> u16 {
        self.explanation().status
    }
}
