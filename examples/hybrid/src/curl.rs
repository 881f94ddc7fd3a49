//! Lines to paste into a shell. Each fetches its own token from the local Entra ID, so that none is printed here.

/// Prints a line for each kind of caller.
pub(crate) fn print(address: &str, emulator: &str) {
    println!("\nAs an API client:");
    for (method, path, caller) in [
        ("GET", "/api/public", ""),
        ("GET", "/api/me", "-d user=adele@contoso.test -d scope=Files.Read"),
        ("GET", "/api/admin", "-d user=adele@contoso.test -d scope=Files.Read"),
        ("GET", "/api/files", "-d user=alex@contoso.test -d scope=Files.Read"),
        ("POST", "/api/files", "-d user=alex@contoso.test -d scope=Files.ReadWrite"),
        ("GET", "/api/files", "-d client='Local daemon'"),
        ("GET", "/api/staff", "-d user=adele@contoso.test -d scope=Files.Read"),
    ] {
        let token = match caller {
            "" => String::new(),
            caller => format!(" -H \"Authorization: Bearer $(curl -s {caller} {emulator}/emulator/tokens)\""),
        };
        println!("  curl -i -X {method}{token} {address}{path}");
    }
    println!();
}
