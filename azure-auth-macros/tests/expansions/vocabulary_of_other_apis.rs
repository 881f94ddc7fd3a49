azure_auth::app! {
    downstream: {
        orders("api://33333333-cccc-4ddd-8eee-444444444444") { OrdersRead("Orders.Read") = "Read the person's orders" },
        graph_new("https://graph.microsoft.com") { BooksRead("Books.Read"), MailRead("Mail.Read") },
    },
}
