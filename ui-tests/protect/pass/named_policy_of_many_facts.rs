//! As many facts as the compiler tries in every combination, and more.

use azure_auth::Has;
use poem::{get, handler};

azure_auth::app! {
    roles: { A, B, C, D, E, F, G, H },
    scopes: { Read },
    groups: {
        One("11111111-aaaa-4bbb-8ccc-000000000001"),
        Two("11111111-aaaa-4bbb-8ccc-000000000002"),
        Three("11111111-aaaa-4bbb-8ccc-000000000003"),
    },
    policies: {
        Nine = (role(A) || role(B) || role(C)) && (group(One) || !group(Two) || role(D)) && !role(E) && scope(Read)
            || application_role("Jobs"),
        Twelve = role(A) && (role(B) || role(C) || role(D) || role(E) || role(F) || role(G) || role(H) || group(One)
            || group(Two) || group(Three) || scope(Read)),
    },
}

#[azure_auth::protect(allow = Nine, scopes = Read, tenants = "11111111-aaaa-4bbb-8ccc-222222222222")]
#[handler]
fn nine() -> &'static str {
    "nine"
}

#[azure_auth::protect(allow = Nine && !role(A))]
#[handler]
fn eight() -> &'static str {
    "eight"
}

#[azure_auth::protect(allow = Twelve)]
#[handler]
fn twelve(_: Has<A>) -> &'static str {
    "twelve"
}

fn main() {
    drop(azure_auth::endpoints! { "/9" => get(nine), "/8" => get(eight), "/12" => get(twelve) });
}
