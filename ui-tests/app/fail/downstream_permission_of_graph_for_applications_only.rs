azure_auth::app! {
    downstream: {
        graph_new("https://graph.microsoft.com") { Migrate("Teamwork.Migrate.All") },
    },
}

fn main() {}
