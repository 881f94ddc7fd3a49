//! What a declaration asks for, as constant data.

use azure_auth_policy::{Guid, Via};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::paths;
use crate::diagnostics::{ends, shown};
use crate::model::item::{Item, Name};
use crate::model::protection::{Choice, Protection, Quantifier, WrittenPolicy};

/// `declaration`, which asks for nothing yet, with everything that is asked for.
pub(super) fn declaration(protection: &Protection, declaration: TokenStream, private: &TokenStream) -> TokenStream {
    let Protection { openid_scopes, scopes, roles, groups, application_roles, tenants, via, allow, check, .. } =
        protection;
    let mut declaration = declaration;
    if !openid_scopes.is_empty() {
        declaration.extend(quote! { .openid_scopes(&[#(#openid_scopes),*]) });
    }
    if !scopes.is_empty() {
        let scopes = scopes.iter().map(|scope| text(scope, "ScopeValue", private));
        declaration.extend(quote! { .scopes(const { &[#(#scopes),*] }) });
    }
    if let Some(roles) = roles {
        let roles = choice(roles, private, |role| text(role, "AppRoleValue", private));
        declaration.extend(quote! { .roles(#roles) });
    }
    if let Some(groups) = groups {
        let groups = choice(groups, private, |group| self::group(group, private));
        declaration.extend(quote! { .groups(#groups) });
    }
    if let Some(application_roles) = application_roles {
        let application_roles = choice(application_roles, private, |role| text(role, "AppRoleValue", private));
        declaration.extend(quote! { .application_roles(#application_roles) });
    }
    if !tenants.is_empty() {
        let tenants = tenants.iter().map(|id| guid(*id, private));
        declaration.extend(quote! { .tenants(const { &[#(#tenants),*] }) });
    }
    match via {
        None => {}
        Some(Via::Session) => declaration.extend(quote! { .via(#private::Via::Session) }),
        Some(Via::Bearer) => declaration.extend(quote! { .via(#private::Via::Bearer) }),
    }
    if let Some(allow) = allow {
        let policy = policy(allow, private);
        declaration.extend(quote! { .allow(const { &#policy }) });
    }
    if let Some(function) = check {
        let name = shown::code(function);
        declaration.extend(quote! { .check(#name) });
    }
    declaration
}

fn choice<T>(choice: &Choice<T>, private: &TokenStream, value: impl Fn(&T) -> TokenStream) -> TokenStream {
    let values = choice.values.iter().map(value);
    match choice.quantifier {
        Quantifier::Any => quote! { #private::Choice::Any(const { &[#(#values),*] }) },
        Quantifier::All => quote! { #private::Choice::All(const { &[#(#values),*] }) },
    }
}

pub(super) fn policy(policy: &WrittenPolicy, private: &TokenStream) -> TokenStream {
    let list = |parts: &[WrittenPolicy]| {
        let parts = parts.iter().map(|part| self::policy(part, private));
        quote! { &[#(#parts),*] }
    };
    let (kind, value) = match policy {
        WrittenPolicy::User => return quote! { #private::Policy::User },
        WrittenPolicy::Named(named) => return item(named, "PolicyValue", private),
        WrittenPolicy::Role(role) => ("Role", text(role, "AppRoleValue", private)),
        WrittenPolicy::Scope(scope) => ("Scope", text(scope, "ScopeValue", private)),
        WrittenPolicy::Group(group) => ("Group", self::group(group, private)),
        WrittenPolicy::ApplicationRole(role) => ("ApplicationRole", text(role, "AppRoleValue", private)),
        WrittenPolicy::Tenant(id) => ("Tenant", guid(*id, private)),
        WrittenPolicy::Not(inner) => {
            let inner = self::policy(inner, private);
            ("Not", quote! { &#inner })
        }
        WrittenPolicy::All(parts) => ("All", list(parts)),
        WrittenPolicy::Any(parts) => ("Any", list(parts)),
    };
    let kind = Ident::new(kind, Span::mixed_site());
    quote! { #private::Policy::#kind(#value) }
}

/// The value of an app role or a scope.
fn text(name: &Name<String>, expected: &str, private: &TokenStream) -> TokenStream {
    match name {
        Name::Literal(value) => value.to_token_stream(),
        Name::Item(item) => self::item(item, expected, private),
    }
}

fn group(name: &Name<Guid>, private: &TokenStream) -> TokenStream {
    match name {
        Name::Literal(id) => guid(*id, private),
        Name::Item(item) => self::item(item, "GroupId", private),
    }
}

/// The value of an item. Its path is emitted once, so that a name that does not exist is one error, and everything
/// around it has the path's place, so that an item of another kind shows there.
fn item(item: &Item, expected: &str, private: &TokenStream) -> TokenStream {
    constant(item, expected, "VALUE", private)
}

/// The same of another constant than its value.
pub(super) fn constant(Item { path, .. }: &Item, expected: &str, constant: &str, private: &TokenStream) -> TokenStream {
    let (first, last) = ends(path);
    let place = paths::private_at(first);
    let [expected, constant] = [expected, constant].map(|name| Ident::new(name, Span::mixed_site()));
    let item = quote_spanned! {first=> <#path as #place::Item> };
    let kind = quote_spanned! {last=> ::Kind };
    quote! { <#item #kind as #private::#expected>::#constant }
}

/// A number whose hexadecimal digits are the id's.
pub(super) fn guid(id: Guid, private: &TokenStream) -> TokenStream {
    let id = id.to_u128();
    quote! { #private::Guid::from_u128(#id) }
}
