//! The guard in front of a handler, and what it asks as constant data.

use azure_auth_policy::{Guid, Via};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprPath, FnArg, Type, parse_quote};

use super::paths;
use super::subject::Subject;
use crate::diagnostics::{ends, shown};
use crate::model::item::{Item, Name};
use crate::model::protection::{Checked, Choice, Protection, Quantifier, WrittenPolicy};
use crate::syntax::Handler;

pub(crate) fn protect(protection: &Protection, handler: &Handler) -> TokenStream {
    let private = paths::private();
    let declared = declared(protection, &Subject::handler(handler), &private);
    let function = guarded(protection, handler, &private);
    quote! {
        #declared
        #function
    }
}

/// The declaration, and what the compiler judges about it.
pub(super) fn declared(protection: &Protection, subject: &Subject<'_>, private: &TokenStream) -> TokenStream {
    let declaration = declaration(protection, subject.declaration("protected"), private);
    let given = protection.checked.as_ref().map(|checked| &checked.given);
    let check = protection.check.as_ref().map(|function| check(function, given, private));
    let implementation = implementation(subject, private, &declaration, check.as_ref());
    let judgements = protection.proofs.iter().map(|proof| judgement(proof, subject, private));
    let (name, conditions) = (&subject.type_name, subject.handler.conditions());
    let judged = protection.judged.as_ref().map(|policy| {
        // A generic handler has no declaration until it is mounted.
        let is_generic = !subject.handler.generics().params.is_empty();
        let found = quote! { <#name as #private::Declared>::DECLARATION };
        let judged = judged(policy, "judge", if is_generic { &declaration } else { &found });
        quote! { #(#conditions)* #judged }
    });
    quote! {
        #implementation
        #(#judgements)*
        #judged
    }
}

/// Lets the compiler judge a declaration, or a policy, at the place of its policy: it knows what names stand for.
pub(super) fn judged(policy: &Expr, judge: &str, found: &TokenStream) -> TokenStream {
    let (first, last) = ends(policy);
    let (first, last) = (first.resolved_at(Span::mixed_site()), last.resolved_at(Span::mixed_site()));
    let (place, judge) = (paths::private_at(first), Ident::new(judge, first));
    let function = quote_spanned! {first=> #place::#judge };
    let arguments = quote_spanned! {last=> (&#found) };
    quote! { const _: () = #function #arguments; }
}

/// Whether the declaration implies what an argument proves: constant data, which the compiler compares. A generic
/// handler has no declaration until it is mounted.
fn judgement(proof: &Type, subject: &Subject<'_>, private: &TokenStream) -> TokenStream {
    let Subject { type_name: name, handler, .. } = subject;
    if !handler.generics().params.is_empty() {
        return TokenStream::new();
    }
    let (conditions, shown) = (handler.conditions(), shown::type_name(proof));
    let message = format!(
        "the handler takes `{shown}`, but `#[protect]` admits callers without it\n\
         help: ask for it in `roles`, `scopes`, `groups` or `allow`, and in `application_roles` where applications are admitted"
    );
    let (first, last) = ends(proof);
    let (first, last) = (first.resolved_at(Span::mixed_site()), last.resolved_at(Span::mixed_site()));
    let place = paths::private_at(first);
    let refuse = quote_spanned! {first=> #place::refuse_if };
    let arguments = quote_spanned! {last=>
        (!<#name as #private::Declared>::DECLARATION.implies(&#private::Extractor::<#proof>::FACT), #message)
    };
    quote! {
        #(#conditions)*
        const _: () = {
            use #private::AnyExtractor as _;
            #refuse #arguments
        };
    }
}

/// The handler as written, with the guard as a first argument: Poem extracts it before the body is read. What the handler
/// takes from its `check` comes with the guard, so that it cannot come from another one.
fn guarded(protection: &Protection, handler: &Handler, private: &TokenStream) -> syn::ItemFn {
    let name = handler.name();
    let (_, type_generics, _) = handler.generics().split_for_impl();
    let mut function = handler.function_alone();
    let taken = protection.checked.as_ref().and_then(|checked| take(&mut function, checked));
    let guard: FnArg = match taken {
        Some(syn::PatType { pat, ty, .. }) => parse_quote! {
            #private::GuardedWith { checked: #pat, .. }: #private::GuardedWith<#name #type_generics, #ty>
        },
        None => parse_quote! { _: #private::Guarded<#name #type_generics> },
    };
    insert_first(&mut function, guard);
    function
}

/// Where the linter draws its line, ours is not to be the argument too many.
const MANY_ARGUMENTS: usize = 7;

/// Adds the argument that the application does not see.
pub(super) fn insert_first(function: &mut syn::ItemFn, argument: FnArg) {
    if function.sig.inputs.len() == MANY_ARGUMENTS {
        function.attrs.push(parse_quote! { #[allow(clippy::too_many_arguments)] });
    }
    function.sig.inputs.insert(0, argument);
}

/// The argument, which goes.
fn take(function: &mut syn::ItemFn, checked: &Checked) -> Option<syn::PatType> {
    let inputs = std::mem::take(&mut function.sig.inputs);
    let mut taken = None;
    for (place, input) in inputs.into_iter().enumerate() {
        match input {
            FnArg::Typed(argument) if place == checked.place => taken = Some(argument),
            other => function.sig.inputs.push(other),
        }
    }
    taken
}

/// `impl Declared` for the type that stands for the handler.
pub(super) fn implementation(
    subject: &Subject<'_>,
    private: &TokenStream,
    declaration: &TokenStream,
    check: Option<&TokenStream>,
) -> TokenStream {
    let Subject { type_name: name, handler, .. } = subject;
    let conditions = handler.conditions();
    let (impl_generics, type_generics, where_clause) = handler.generics().split_for_impl();
    quote! {
        #(#conditions)*
        #[automatically_derived]
        impl #impl_generics #private::Declared for #name #type_generics #where_clause {
            const DECLARATION: #private::Declaration = #declaration;
            type Handler = Self;
            #check
        }
    }
}

/// A guard as a value, under a name for logs. Reports say that it is declared at `place`.
pub(super) fn guard(protection: &Protection, name: &TokenStream, place: Span) -> TokenStream {
    let (private, private_at_place) = (paths::private(), paths::private_at(place));
    let protected = quote_spanned! {place=> #private_at_place::Declaration::protected(#name) };
    let declaration = declaration(protection, protected, &private);
    let nothing = || quote! { ::core::option::Option::None };
    let check = protection.check.as_ref().map_or_else(nothing, |function| asked(function, None));
    let guard = quote! { #private::guard(const { &#declaration }, #check) };
    match &protection.judged {
        Some(policy) => {
            let judged = judged(policy, "judge", &declaration);
            quote! {{ #judged #guard }}
        }
        None => guard,
    }
}

/// Names the items of a policy that could not be read, so that their imports are used.
pub(super) fn unread(remains: &Protection) -> TokenStream {
    let items = &remains.unread;
    quote! { #(const _: ::core::option::Option<#items> = ::core::option::Option::None;)* }
}

fn check(function: &ExprPath, given: Option<&Type>, private: &TokenStream) -> TokenStream {
    let check = asked(function, given);
    quote! {
        const CHECK: ::core::option::Option<#private::Check> = #check;
    }
}

/// Asks the function; a mistake in what it takes or returns shows at its name. `given`: what the handler takes of it.
fn asked(function: &ExprPath, given: Option<&Type>) -> TokenStream {
    let (first, last) = ends(function);
    let arguments = Span::mixed_site().located_at(last);
    let [principal, request] = ["__principal", "__request"].map(|name| Ident::new(name, arguments));
    let place = paths::private_at(first);
    let outcome = quote_spanned! {last=> (#function(#principal, #request)) };
    let call = if let Some(given) = given {
        quote_spanned! {first=> #place::check_outcome_giving::<#given, _, _> #outcome }
    } else {
        quote_spanned! {first=> #place::check_outcome #outcome }
    };
    quote! { ::core::option::Option::Some(|#principal, #request| #call) }
}

/// `declaration`, which asks for nothing yet, with everything that is asked for.
fn declaration(protection: &Protection, declaration: TokenStream, private: &TokenStream) -> TokenStream {
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
fn item(Item { path, .. }: &Item, expected: &str, private: &TokenStream) -> TokenStream {
    let (first, last) = ends(path);
    let place = paths::private_at(first);
    let expected = Ident::new(expected, Span::mixed_site());
    let item = quote_spanned! {first=> <#path as #place::Item> };
    let kind = quote_spanned! {last=> ::Kind };
    quote! { <#item #kind as #private::#expected>::VALUE }
}

/// A number whose hexadecimal digits are the id's.
pub(super) fn guid(id: Guid, private: &TokenStream) -> TokenStream {
    let id = id.to_u128();
    quote! { #private::Guid::from_u128(#id) }
}
