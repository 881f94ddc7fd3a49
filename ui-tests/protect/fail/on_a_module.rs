#[azure_auth::protect]
mod files {
    pub const NAME: &str = "files";
}

fn main() {
    let _ = files::NAME;
}
