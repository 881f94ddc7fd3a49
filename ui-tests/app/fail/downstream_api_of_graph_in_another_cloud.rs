azure_auth::app! {
    downstream: {
        graph_new("https://graph.microsoft.us") { BooksRead("Books.Read") },
    },
}

fn main() {}
