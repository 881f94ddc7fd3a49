use azure_auth::{Guard, graph};

static JOBS: Guard = azure_auth::guard!(application_roles = "Jobs.Run", downstream = graph::MailRead);

fn main() {}
