//! Optional claims: what tokens hold because a registration asks for it.

use serde_json::{Value, json};

use super::member::Member;
use crate::directory::application::Application;
use crate::faults::start_error::StartError;

/// Those of ID tokens that the emulator has, beside `sid`.
const OF_ID_TOKENS: [&str; 5] = ["acct", "acrs", "auth_time", "email", "login_hint"];
/// Those of access tokens that the emulator has, beside `idtyp`.
const OF_ACCESS_TOKENS: [&str; 2] = ["acrs", "xms_cc"];
/// Makes `idtyp` one of the tokens of people as well.
const OF_PEOPLE: &str = "include_user_token";

pub(super) fn read(object: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    let Some(claims) = object.get("optionalClaims") else { return Ok(()) };
    claims.check_object(&["accessToken", "idToken", "saml2Token"])?;
    claims.refuse_entries("saml2Token", "is for SAML, which this emulator does not speak")?;
    for claim in claims.list_of("idToken")? {
        match read_claim(&claim)? {
            ("sid", _) => application.with_sid = true,
            (name, _) => {
                check_known(&claim, name, "sid", &OF_ID_TOKENS)?;
                application.details.id_token_claims.insert(name.to_owned());
            }
        }
    }
    for claim in claims.list_of("accessToken")? {
        match read_claim(&claim)? {
            ("idtyp", is_of_people) => {
                application.with_idtyp = true;
                application.details.has_idtyp_of_people = is_of_people;
            }
            (name, _) => {
                check_known(&claim, name, "idtyp", &OF_ACCESS_TOKENS)?;
                application.details.access_token_claims.insert(name.to_owned());
            }
        }
    }
    Ok(())
}

/// The name of a claim, and whether it is one of people as well.
fn read_claim<'v>(claim: &Member<'v>) -> Result<(&'v str, bool), StartError> {
    claim.check_object(&["additionalProperties", "essential", "name", "source"])?;
    if let Some(source) = claim.get("source") {
        return Err(source.wrong("names attributes of the directory, which people here have none of"));
    }
    let name = claim.required_text("name")?;
    match claim.list_of("additionalProperties")?.as_slice() {
        [] => Ok((name, false)),
        [one] if name == "idtyp" && one.text()? == OF_PEOPLE => Ok((name, true)),
        [other, ..] => Err(other.wrong("is not a property that this emulator knows there")),
    }
}

fn check_known(claim: &Member<'_>, name: &str, first: &str, further: &[&str]) -> Result<(), StartError> {
    if further.contains(&name) {
        return Ok(());
    }
    let problem =
        format!("asks for {name:?}, which such tokens do not have here; they have {first}, {}", further.join(", "));
    Err(claim.wrong(&problem))
}

pub(super) fn write(application: &Application) -> Value {
    let details = &application.details;
    let sid = application.with_sid.then(|| claim("sid", &[]));
    let of_people: &[&str] = if details.has_idtyp_of_people { &[OF_PEOPLE] } else { &[] };
    let idtyp = application.with_idtyp.then(|| claim("idtyp", of_people));
    let plain = |name: &String| claim(name, &[]);
    json!({
        "idToken": sid.into_iter().chain(details.id_token_claims.iter().map(plain)).collect::<Vec<_>>(),
        "accessToken": idtyp.into_iter().chain(details.access_token_claims.iter().map(plain)).collect::<Vec<_>>(),
        "saml2Token": [],
    })
}

fn claim(name: &str, properties: &[&str]) -> Value {
    json!({"name": name, "source": null, "essential": false, "additionalProperties": properties})
}
