use azure_auth::{Checked, Has, Principal, Refusal, User};
use poem::web::{Data, Path};
use poem::{Request, get, handler, put};

azure_auth::app! { roles: { Admin } }

struct Ticket {
    text: String,
}

trait Shelf: Send + Sync + 'static {
    type Title: Send + 'static;

    fn title(number: u32) -> Result<Self::Title, Refusal>;
}

struct Poems;

impl Shelf for Poems {
    type Title = String;

    fn title(number: u32) -> Result<String, Refusal> {
        (number == 1).then(|| "Ode".to_owned()).ok_or(Refusal::not_found("There is no such poem."))
    }
}

mod tickets {
    use super::{Principal, Refusal, Request, Ticket};

    pub(super) async fn load(principal: &Principal, request: &Request) -> Result<Ticket, Refusal> {
        let text = std::future::ready(request.uri().path().to_owned()).await;
        let is_person = principal.user().is_some();
        is_person.then_some(Ticket { text }).ok_or(Refusal::forbidden("Tickets are for people."))
    }
}

fn shelf<S: Shelf>(_: &Principal, request: &Request) -> Result<S::Title, Refusal> {
    S::title(request.path_params().unwrap_or_default())
}

fn pair(_: &Principal, request: &Request) -> Result<(u32, Option<String>), Refusal> {
    let number = request.path_params().map_err(|_| Refusal::not_found("There is no such ticket."))?;
    Ok((number, None))
}

/// Its ticket comes first.
#[azure_auth::protect(check = tickets::load)]
#[handler]
async fn first(ticket: Checked<Ticket>, user: User) -> String {
    format!("{} {}", ticket.text, user.display_name())
}

#[azure_auth::protect(roles = Admin, check = tickets::load)]
#[handler]
fn last(_: Has<Admin>, Path(number): Path<u32>, mut ticket: azure_auth::Checked<Ticket>, text: String) -> String {
    ticket.text = text;
    format!("{number} {}", ticket.into_inner().text)
}

#[azure_auth::protect(check = shelf::<S>)]
#[handler]
fn title<S: Shelf>(_title: Checked<S::Title>, _: Data<&u8>) -> &'static str {
    "a title"
}

#[azure_auth::protect(check = pair)]
#[handler]
fn of_two(pair: Checked<(u32, Option<String>)>) -> String {
    let (number, text) = pair.into_inner();
    format!("{number} {text:?}")
}

/// What it gives may be left.
#[azure_auth::protect(check = tickets::load)]
#[handler]
fn left() -> &'static str {
    "nothing taken"
}

fn main() {
    drop(azure_auth::endpoints! {
        "/a/:id" => get(first).post(last),
        "/b/:id" => put(title::<Poems>::default()).get(of_two),
        "/c"     => get(left),
    });
}
