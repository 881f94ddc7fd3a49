//! Every refusal explains itself: one table over all that is refused, and what is planted in it does not come out.

use azure_auth_policy::{Choice, Guid, Policy};

use crate::io::credential::credential_error::CredentialError;
use crate::io::entropy::EntropyError;
use crate::io::provider::member_groups::MemberGroupsError;
use crate::io::provider::provider_error::{Document, FetchProblem, ProviderError};
use crate::io::provider::token_endpoint::RedemptionError;
use crate::io::provider::transport_error::{Distrust, TransportError};
use crate::io::sessions::store::StoreError;
use crate::io::tokens::groups::GroupsProblem;
use crate::io::tokens::token_problem::{NotKept, TokenProblem, Unavailable};
use crate::model::callers::groups::UnknownGroups;
use crate::model::json::{JsonProblem, printable};
use crate::model::providers::issuer::IssuerPattern;
use crate::model::refusals::diagnosis::{Diagnosed, Diagnosis};
use crate::model::refusals::lost_session::LostSession;
use crate::model::refusals::reason::Reason;
use crate::model::refusals::refusal::Refusal;
use crate::model::unix_time::UnixTime;
#[cfg(feature = "certificate")]
use crate::rules::credential::certificate::CertificateError;
use crate::rules::credential::federated_token::FederatedTokenError;
use crate::rules::credential::managed_identity::IdentityAnswerError;
use crate::rules::downstream::claims_challenge::RequestedClaims;
use crate::rules::downstream::member_groups::MemberGroupsProblem;
use crate::rules::downstream::token_answer::TokenAnswerError;
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::request::embedding::EmbeddingError;
use crate::rules::request::same_origin::ForeignRequest;
use crate::rules::request::seen_address::AddressProblem;
use crate::rules::session::seal::OpenError;
use crate::rules::session::session_record::SessionRecordError;
use crate::rules::sign_in::authorization_response::CallbackError;
use crate::rules::sign_in::entra_error::EntraError;
use crate::rules::sign_in::relying_party::RelyingPartyError;
use crate::rules::token::access_token::AccessTokenError;
use crate::rules::token::id_token::IdTokenError;
use crate::rules::token::provider_metadata::MetadataError;
use crate::rules::token::signature::SignatureError;
use crate::rules::token::token_claims::ClaimError;
use crate::web::paths::sign_in_failure::SignInError;

const ID: Guid = Guid::CONSUMERS;
const ROLE: &[&str] = &["Admin"];
const POLICY: &Policy<'static> = &Policy::Role("Admin");

/// What somebody wrote who hopes to see it again in a log.
const WRITTEN: &str = "\u{1b}[31m<script>\nwritten\u{7}";

fn written() -> String {
    printable(WRITTEN)
}

fn not_admitted() -> Vec<NotAdmitted<'static>> {
    let unknown = |reason| NotAdmitted::GroupsUnknown { expected: "group".to_owned(), reason };
    let groups = [
        UnknownGroups::NotAsked,
        UnknownGroups::OtherQuestion,
        UnknownGroups::ClaimAbsent,
        UnknownGroups::Overage,
        UnknownGroups::NotLookedUp,
        UnknownGroups::NotIds,
    ];
    let mut all = vec![
        NotAdmitted::NotSignedIn,
        NotAdmitted::SeveralAuthorizations { found: 2 },
        NotAdmitted::AuthorizationScheme,
        NotAdmitted::TokenMissing,
        ForeignRequest::OtherOrigin.into(),
        ForeignRequest::Unknown.into(),
        NotAdmitted::SessionRequired,
        NotAdmitted::BearerRequired,
        NotAdmitted::Tenant { expected: &[ID], found: ID },
        NotAdmitted::TenantMissing,
        NotAdmitted::Scope { expected: "Files.Read", found: "none".to_owned() },
        NotAdmitted::Role { expected: Choice::Any(ROLE), found: Vec::new() },
        NotAdmitted::Group { expected: Choice::All(&[ID]) },
        NotAdmitted::ApplicationUnwanted,
        NotAdmitted::PersonUnwanted,
        NotAdmitted::ApplicationRole { expected: Choice::Any(ROLE), found: vec!["Other".to_owned()] },
        NotAdmitted::Policy { policy: POLICY },
        NotAdmitted::ApplicationPolicy { policy: POLICY, found: Vec::new() },
        NotAdmitted::Check(Refusal::new("no")),
        NotAdmitted::UserRequired,
        NotAdmitted::ApplicationRequired,
    ];
    all.extend(groups.map(unknown));
    all.extend(lost_sessions().map(NotAdmitted::SessionLost));
    all
}

fn lost_sessions() -> [LostSession; 10] {
    [
        LostSession::UnknownKey,
        LostSession::Cut,
        LostSession::TooLong,
        LostSession::Changed,
        LostSession::UnknownHere,
        LostSession::UnknownToStore,
        LostSession::Ended,
        LostSession::Over,
        LostSession::OtherAuthority,
        LostSession::OtherTenant,
    ]
}

fn claim_errors() -> Vec<ClaimError> {
    let expected = || IssuerPattern::Literal("https://issuer.example".to_owned());
    let (moment, now) = (UnixTime(1), UnixTime(2));
    vec![
        ClaimError::Missing { name: "tid" },
        ClaimError::Issuer { expected: expected(), found: written() },
        ClaimError::KeyIssuer { expected: expected(), found: written() },
        ClaimError::KeyCloud { expected: "a".to_owned(), found: written() },
        ClaimError::Expired { expired_at: moment, now },
        ClaimError::NotYetValid { valid_from: now, now: moment },
        ClaimError::IssuedLater { issued_at: now, now: moment },
        ClaimError::NotAnId { name: "tid" },
        ClaimError::OtherTenant { expected: ID, found: ID },
        ClaimError::TenantNotAccepted { found: ID },
    ]
}

fn signature_errors() -> Vec<SignatureError> {
    vec![
        SignatureError::TooLong { found: 1 },
        SignatureError::Encrypted,
        SignatureError::NotCompact { found: 1 },
        SignatureError::NotBase64 { part: "header" },
        SignatureError::Header(JsonProblem::NotAnObject),
        SignatureError::Algorithm { found: written() },
        SignatureError::Critical,
        SignatureError::Kind { found: written() },
        SignatureError::KeyMissing,
        SignatureError::KeyUnknown,
        SignatureError::Signature,
    ]
}

fn access_token_errors() -> Vec<AccessTokenError> {
    let mut all = vec![
        AccessTokenError::NotAccepted,
        AccessTokenError::OfGraph,
        AccessTokenError::Unreadable(JsonProblem::NotAnObject),
        AccessTokenError::IsIdToken,
        AccessTokenError::Version { found: written() },
        AccessTokenError::FirstVersion { expected: "https://a.example".to_owned(), found: written() },
        AccessTokenError::Audience { expected: vec!["api://a".to_owned()], found: written() },
        AccessTokenError::WithoutPermission,
        AccessTokenError::Contradiction { idtyp: "app", found: "`scp`" },
    ];
    all.extend(claim_errors().into_iter().map(AccessTokenError::from));
    all.extend(signature_errors().into_iter().map(AccessTokenError::from));
    all
}

fn transport_errors() -> Vec<TransportError> {
    let distrust = [Distrust::UnknownIssuer, Distrust::OtherName, Distrust::NotNow, Distrust::Unusable];
    let mut all = vec![
        TransportError::TimedOut,
        TransportError::NoConnection,
        TransportError::TooLarge,
        TransportError::BrokenOff,
        TransportError::Redirect { status: 302 },
        TransportError::Status { status: 429 },
        TransportError::Status { status: 500 },
    ];
    all.extend(distrust.map(TransportError::Untrusted));
    all
}

/// An error whose description holds what nobody may see.
fn entra_error() -> EntraError {
    EntraError::read("invalid_client", Some("AADSTS7000222: planted-name planted@contoso.com \u{7}"))
}

fn provider_errors() -> Vec<ProviderError> {
    let mut problems = vec![
        FetchProblem::Refused(entra_error()),
        FetchProblem::Status { status: 404 },
        FetchProblem::Unreadable { found: "an HTML page" },
        MetadataError::Issuer { expected: "https://a.example".to_owned(), found: written() }.into(),
        MetadataError::Address { member: "jwks_uri" }.into(),
        FetchProblem::NoUsableKey,
        FetchProblem::Abandoned,
    ];
    problems.extend(transport_errors().into_iter().map(FetchProblem::Transport));
    let address = "https://login.example/keys".to_owned();
    let of = |problem| ProviderError { document: Document::Keys, address: address.clone(), problem, is_resting: false };
    problems.into_iter().map(of).collect()
}

fn sign_in_errors() -> Vec<SignInError> {
    let mut all: Vec<SignInError> = vec![
        SignInError::Misplaced,
        SignInError::NoCredential,
        RelyingPartyError.into(),
        EntropyError.into(),
        SignInError::NotSealed,
        SignInError::NoRoom,
        SignInError::Busy,
        SignInError::SilentLoop,
        SignInError::Loop { host: "https://app.example".to_owned(), is_secure: true, because: None },
        IdTokenError::Audience { expected: "a".to_owned(), found: written() }.into(),
        IdTokenError::AuthorizedParty { expected: "a".to_owned(), found: written() }.into(),
        IdTokenError::Unreadable(JsonProblem::NotAnObject).into(),
        IdTokenError::Nonce.into(),
        IdTokenError::AccessTokenHash.into(),
        IdTokenError::ObjectMissing.into(),
        RedemptionError::Refused(entra_error()).into(),
        RedemptionError::Unreadable.into(),
        RedemptionError::MemberMissing { name: "access_token" }.into(),
        RedemptionError::TokenType { found: written() }.into(),
        RedemptionError::IdTokenMissing.into(),
        CallbackError::Duplicate { name: "state" }.into(),
        CallbackError::Missing { name: "code" }.into(),
        CallbackError::AttemptMissing.into(),
        CallbackError::AttemptUsed.into(),
        CallbackError::AttemptExpired.into(),
        CallbackError::OtherIssuer.into(),
        CallbackError::IssuerMissing.into(),
        CallbackError::NeedsAPerson.into(),
        CallbackError::Refused(entra_error()).into(),
    ];
    let embedding = [
        EmbeddingError::Challenge,
        EmbeddingError::Form,
        EmbeddingError::Code(OpenError::Forged),
        EmbeddingError::Secret,
        EmbeddingError::Expired,
        EmbeddingError::Used,
    ];
    let stores = [
        StoreError::Unreachable,
        StoreError::TimedOut,
        StoreError::Full,
        StoreError::Refused { code: "NOPERM".to_owned() },
        SessionRecordError::OverBudget { found: 9000, budget: 3800 }.into(),
        SessionRecordError::NotSealed.into(),
        StoreError::Entropy,
    ];
    all.extend(embedding.map(SignInError::from));
    all.extend(stores.map(SignInError::from));
    all.extend(provider_errors().into_iter().map(SignInError::from));
    all.extend(credential_errors().into_iter().map(SignInError::from));
    all.extend(claim_errors().into_iter().map(|error| IdTokenError::from(error).into()));
    all.extend(signature_errors().into_iter().map(|error| IdTokenError::from(error).into()));
    all.extend(transport_errors().into_iter().map(|error| RedemptionError::from(error).into()));
    all
}

fn credential_errors() -> Vec<CredentialError> {
    let mut all = vec![
        CredentialError::File(std::io::ErrorKind::NotFound),
        FederatedTokenError::Empty.into(),
        FederatedTokenError::NotAToken.into(),
        FederatedTokenError::Over { at: UnixTime(0) }.into(),
        IdentityAnswerError::Refused { status: 400, error: Some(written()) }.into(),
        IdentityAnswerError::Passing { status: 503 }.into(),
        IdentityAnswerError::Unreadable.into(),
        IdentityAnswerError::Member { name: "access_token" }.into(),
        EntropyError.into(),
    ];
    #[cfg(feature = "certificate")]
    all.extend([CredentialError::NotSigned, CertificateError::Over { at: UnixTime(0) }.into()]);
    all.extend(transport_errors().into_iter().map(CredentialError::from));
    all
}

fn token_answer_errors() -> Vec<TokenAnswerError> {
    vec![
        TokenAnswerError::Unreadable(JsonProblem::NotAnObject),
        TokenAnswerError::MemberMissing { name: "access_token" },
        TokenAnswerError::Unfit { name: "access_token" },
        TokenAnswerError::TokenType { found: written() },
        TokenAnswerError::NoTime,
        TokenAnswerError::OtherResource { name: "scope", expected: "api://a".to_owned(), found: written() },
    ]
}

fn token_problems() -> Vec<TokenProblem> {
    let error = || Some(EntraError::read("invalid_grant", Some("AADSTS50076: planted")));
    let scopes = || vec!["https://graph.microsoft.com/Mail.Read".to_owned()];
    let claims = Some(RequestedClaims("{\"planted\":1}".to_owned()));
    let unavailable = |cause| TokenProblem::Unavailable { cause, retry_after: None };
    let not_kept = [NotKept::Cookies, NotKept::NotEntra, NotKept::NoCredential, NotKept::NoTenant];
    let mut all = vec![
        TokenProblem::ConsentRequired { scopes: scopes(), error: error() },
        TokenProblem::ConsentRequired { scopes: scopes(), error: None },
        TokenProblem::InteractionRequired { error: error(), claims },
        TokenProblem::InteractionRequired { error: None, claims: None },
        TokenProblem::NotGranted { scopes: scopes() },
        TokenProblem::ProofNotEnough,
        TokenProblem::NoPerson,
        TokenProblem::AssertionOver { error: error() },
        TokenProblem::AssertionOver { error: None },
        TokenProblem::SessionOver,
        unavailable(Unavailable::Waiting),
        unavailable(Unavailable::Passing),
        unavailable(Unavailable::Status { status: 429 }),
        TokenProblem::ProgramRefused(EntraError::read("invalid_client", Some("AADSTS7000222: planted"))),
        TokenProblem::ProgramRefused(EntraError::read("planted", None)),
        TokenProblem::ProgramChallenged,
        TokenProblem::Store(StoreError::NothingBeside),
        TokenProblem::Store(StoreError::BesideTooLong { found: 2, limit: 1 }),
    ];
    all.extend(not_kept.map(TokenProblem::NotKept));
    all.extend(token_answer_errors().into_iter().map(TokenProblem::from));
    all.extend(credential_errors().into_iter().map(TokenProblem::from));
    all.extend(transport_errors().into_iter().map(|error| unavailable(error.into())));
    all.extend(provider_errors().into_iter().map(TokenProblem::from));
    all
}

fn groups_problems() -> Vec<GroupsProblem> {
    let answers = [
        MemberGroupsProblem::Unreadable(JsonProblem::NotAnObject),
        MemberGroupsProblem::ValueMissing,
        MemberGroupsProblem::NotIds,
        MemberGroupsProblem::Incomplete,
    ];
    let statuses = [302, 401, 403, 404, 429, 500].map(|status| MemberGroupsError::Status { status, retry_after: None });
    let mut errors = vec![MemberGroupsError::Token];
    errors.extend(answers.map(MemberGroupsError::from));
    errors.extend(statuses);
    errors.extend(transport_errors().into_iter().map(MemberGroupsError::from));
    errors.into_iter().map(GroupsProblem::from).chain(token_problems().into_iter().map(GroupsProblem::from)).collect()
}

fn address_problems() -> [AddressProblem; 4] {
    let (public, host) = (|| "https://app.example".to_owned(), written);
    [
        AddressProblem::WithoutTls { public: public(), evidence: written() },
        AddressProblem::OtherAddress { public: public(), forwarded: host() },
        AddressProblem::PublicUrlMissing { forwarded: host(), host: host() },
        AddressProblem::OtherHost { public: public(), host: host() },
    ]
}

fn diagnoses() -> Vec<Diagnosis> {
    let of = |error: &dyn Diagnosed, reason: Reason| Diagnosis::of(error, reason);
    let mut all: Vec<Diagnosis> = Vec::new();
    all.extend(not_admitted().iter().map(|error| of(error, error.reason())));
    all.extend(access_token_errors().iter().map(|error| of(error, error.reason())));
    all.extend(sign_in_errors().iter().map(|error| of(error, error.reason())));
    all.extend(token_problems().iter().map(|error| of(error, error.reason())));
    all.extend(groups_problems().iter().map(|error| of(error, error.reason())));
    all.extend(address_problems().iter().map(|error| of(error, Reason::HostNotServed)));
    all
}

#[test]
fn every_refusal_says_cause_found_expected_and_a_remedy_that_names_something() {
    let all = diagnoses();
    assert!(all.len() > 150, "{}", all.len());
    for diagnosis in all {
        for text in [diagnosis.cause(), diagnosis.found(), diagnosis.expected(), diagnosis.remedy()] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{diagnosis:?}");
        }
        let names =
            ["`", "\"", "sign in again", "try again", "wait"].iter().any(|mark| diagnosis.remedy().contains(mark));
        assert!(names, "{diagnosis:?}");
        assert_eq!(diagnosis.to_string(), format!("{}; {}", diagnosis.cause(), diagnosis.remedy()));
    }
}

#[test]
fn what_is_planted_in_an_error_does_not_come_out_of_its_diagnosis() {
    for diagnosis in diagnoses() {
        let text = format!("{diagnosis:?}");
        for planted in ["planted", "contoso.com", "\\u{7}", "\\u{1b}", "\\n"] {
            assert!(!text.contains(planted), "{text}");
        }
    }
}
