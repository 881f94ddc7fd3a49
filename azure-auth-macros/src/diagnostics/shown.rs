//! How messages show what was found.

use quote::ToTokens;

/// Code, as people write it: the compiler puts spaces around every `::` and after every `!`, and breaks long lines.
pub(crate) fn code(found: &impl ToTokens) -> String {
    let code = found.to_token_stream().to_string().replace('\n', " ");
    code.replace(" :: ", "::").replace(":: ", "::").replace("! ", "!")
}

/// A type, as people write it.
pub(crate) fn type_name(found: &syn::Type) -> String {
    code(found).replace(" < ", "<").replace(" >", ">")
}

/// A control character by its escape, any other as it is.
pub(crate) fn letter(found: char) -> String {
    if found.is_control() { found.escape_debug().to_string() } else { found.to_string() }
}
