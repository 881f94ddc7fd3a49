//! The names that the app registration and this program share. Each is an item: a slip does not compile.

azure_auth::app! {
    roles: {
        Admin = "Answers every ticket",
        Export("Tickets.Export") = "Reads every ticket, as a job without a person",
    },
    scopes: {
        TicketsRead("Tickets.Read") = "Read the tickets of the person",
        TicketsWrite("Tickets.Write") = "Open tickets for the person",
    },
}
