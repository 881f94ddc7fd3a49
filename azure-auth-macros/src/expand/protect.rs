//! The guard in front of a handler, and what it asks as constant data.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprPath, FnArg, Type, parse_quote};

use super::subject::Subject;
use super::{downstream, paths, requirement};
use crate::diagnostics::{ends, shown};
use crate::model::protection::{Checked, Protection};
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
    let mut declaration = requirement::declaration(protection, subject.declaration("protected"), private);
    declaration.extend(downstream::needs(&protection.downstream, subject.argument_types(), private));
    let given = protection.checked.as_ref().map(|checked| &checked.given);
    let check = protection.check.as_ref().map(|function| check(function, given, private));
    let implementation = implementation(subject, private, &declaration, check.as_ref());
    let judgements = protection.proofs.iter().map(|proof| judgement(proof, subject, private));
    let tokens = downstream::judgements(&protection.tokens, subject, private);
    let judged = judged_keys(protection, subject, private);
    quote! {
        #implementation
        #(#judgements)*
        #tokens
        #judged
    }
}

/// What the compiler judges about the keys.
fn judged_keys(protection: &Protection, subject: &Subject<'_>, private: &TokenStream) -> TokenStream {
    let name = &subject.type_name;
    // A generic handler has no declaration until it is mounted.
    let found = if subject.handler.generics().params.is_empty() {
        quote! { <#name as #private::Declared>::DECLARATION }
    } else {
        asked_for(protection, subject.declaration("protected"), private)
    };
    let policy = protection.judged.as_ref().map(|policy| judged(policy, "judge", &found));
    let taken = &protection.downstream;
    let tokens = protection.judged_downstream.as_ref().map(|written| downstream::judged(written, taken, &found));
    let all = policy.into_iter().chain(tokens).map(|judged| {
        let conditions = subject.handler.conditions();
        quote! { #(#conditions)* #judged }
    });
    all.collect()
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
    let declaration = asked_for(protection, protected, &private);
    let nothing = || quote! { ::core::option::Option::None };
    let check = protection.check.as_ref().map_or_else(nothing, |function| asked(function, None));
    let guard = quote! { #private::guard(const { &#declaration }, #check) };
    let policy = protection.judged.as_ref().map(|policy| judged(policy, "judge", &declaration));
    let taken = &protection.downstream;
    let tokens = protection.judged_downstream.as_ref().map(|written| downstream::judged(written, taken, &declaration));
    match (policy, tokens) {
        (None, None) => guard,
        (policy, tokens) => quote! {{ #policy #tokens #guard }},
    }
}

/// `declaration`, which asks for nothing yet, with all that the keys ask for.
fn asked_for(protection: &Protection, declaration: TokenStream, private: &TokenStream) -> TokenStream {
    let mut declaration = requirement::declaration(protection, declaration, private);
    declaration.extend(downstream::needs(&protection.downstream, std::iter::empty(), private));
    declaration
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
