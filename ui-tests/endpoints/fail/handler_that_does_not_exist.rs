use poem::get;


fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(hoem),
    };
}
