//! The items of a vocabulary: unit structs, and what they stand for as constant data.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::{downstream, paths, protect, requirement};
use crate::diagnostics::shown;
use crate::model::downstream::{Consent, Resource};
use crate::model::vocabulary::{DownstreamApi, Meaning, Vocabulary, Word};

pub(crate) fn vocabulary(vocabulary: &Vocabulary) -> TokenStream {
    let private = paths::private();
    let words = vocabulary.words.iter().map(|word| item(word, &private));
    let modules = vocabulary.apis.iter().map(|api| module(api, &private));
    words.chain(modules).chain([whole(vocabulary, &private)]).collect()
}

/// Everything in one constant: items that no row names are in no table, and belong to the registration all the same.
fn whole(Vocabulary { words, apis }: &Vocabulary, private: &TokenStream) -> TokenStream {
    let (mut roles, mut scopes, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for Word { meaning, description, .. } in words {
        let described = |value: TokenStream| described(&value, description.as_deref());
        match meaning {
            Meaning::AppRole(value) => roles.push(described(value.to_token_stream())),
            Meaning::Scope(value) => scopes.push(described(value.to_token_stream())),
            Meaning::Group(id) => groups.push(described(requirement::guid(*id, private))),
            Meaning::Policy(_) | Meaning::Permission(_) => {}
        }
    }
    let apis = apis.iter().map(|api| listed(api, private));
    quote! {
        /// Everything that this vocabulary declares, for `Inspection::vocabulary` of `azure_auth`.
        #[allow(dead_code, unreachable_pub, clippy::doc_markdown, reason = "a vocabulary is of the whole registration")]
        pub const VOCABULARY: #private::Vocabulary =
            #private::Vocabulary::new(&[#(#roles),*], &[#(#scopes),*], &[#(#groups),*], &[#(#apis),*]);
    }
}

/// An API that is called, with the permissions that are declared there.
fn listed(DownstreamApi { name, resource, words }: &DownstreamApi, private: &TokenStream) -> TokenStream {
    let name = name.to_string();
    let resource = match resource {
        Resource::Graph => quote! { #private::ResourceName::Graph },
        Resource::Uri(uri) => quote! { #private::ResourceName::Uri(#uri) },
    };
    let permissions = words.iter().filter_map(|Word { meaning, description, .. }| match meaning {
        Meaning::Permission(permission) => {
            Some(described(&downstream::permission(permission, private), description.as_deref()))
        }
        _ => None,
    });
    quote! { #private::VocabularyApi::new(#name, #resource, &[#(#permissions),*]) }
}

/// A value, and what it is for.
fn described(value: &TokenStream, description: Option<&str>) -> TokenStream {
    let description = description.map_or_else(
        || quote! { ::core::option::Option::None },
        |description| quote! { ::core::option::Option::Some(#description) },
    );
    quote! { (#value, #description) }
}

/// A module for each API that is called: the API itself, and its permissions.
fn module(api: &DownstreamApi, private: &TokenStream) -> TokenStream {
    let DownstreamApi { name, resource, words } = api;
    let items = words.iter().map(|word| item(word, private));
    let place = Span::mixed_site().located_at(name.span());
    let (documentation, itself) = match resource {
        Resource::Graph => (
            "Permissions of Microsoft Graph.".to_owned(),
            quote_spanned! {place=> pub use #private::GraphResource as Resource; },
        ),
        Resource::Uri(uri) => (
            format!("Permissions of the API `{uri}`."),
            quote_spanned! {place=>
                /// The API itself.
                pub struct Resource;
                #[automatically_derived]
                impl #private::ResourceItem for Resource {
                    const NAME: #private::ResourceName = #private::ResourceName::Uri(#uri);
                }
            },
        ),
    };
    quote_spanned! {place=>
        #[doc = #documentation]
        #[allow(dead_code, unused_imports, unreachable_pub, reason = "a vocabulary is of the whole registration")]
        pub mod #name {
            #itself
            #(#items)*
        }
    }
}

fn item(word: &Word, private: &TokenStream) -> TokenStream {
    let Word { name, meaning, description } = word;
    let documentation = documentation(meaning, description.as_deref());
    let text = quote! { &'static ::core::primitive::str };
    let (kind, value_type, value) = match meaning {
        Meaning::AppRole(value) => (quote! { AppRole<Self> }, text, value.to_token_stream()),
        Meaning::Scope(value) => (quote! { Scope<Self> }, text, value.to_token_stream()),
        Meaning::Group(id) => (quote! { Group<Self> }, quote! { #private::Guid }, requirement::guid(*id, private)),
        Meaning::Policy(named) => {
            let (policy, written) = (requirement::policy(&named.policy, private), name.to_string());
            let value = quote! { #private::Policy::Named(#written, const { &#policy }) };
            (quote! { NamedPolicy<Self> }, quote! { #private::Policy<'static> }, value)
        }
        Meaning::Permission(permission) => {
            let value = downstream::permission(permission, private);
            (quote! { DelegatedPermission<Self, Resource> }, quote! { #private::Permission }, value)
        }
    };
    // Where the name is, so that messages show it and not the whole vocabulary.
    let place = Span::mixed_site().located_at(name.span());
    let described = description.as_ref().map(|description| {
        quote_spanned! {place=>
            const DESCRIPTION: ::core::option::Option<&'static ::core::primitive::str> =
                ::core::option::Option::Some(#description);
        }
    });
    let texts = texts(word, place, private);
    quote_spanned! {place=>
        #(#[doc = #documentation])*
        #[allow(dead_code, unreachable_pub, clippy::doc_markdown, reason = "a vocabulary is of the whole registration")]
        pub struct #name;
        #[automatically_derived]
        impl #private::Item for #name {
            type Kind = #private::#kind;
            type Value = #value_type;
            const VALUE: Self::Value = #value;
            #described
        }
        #texts
    }
}

/// The item where other libraries take a text, or an id: the value of a role or a scope, the id of a group. Of a policy what
/// the compiler judges about it.
fn texts(Word { name, meaning, .. }: &Word, place: Span, private: &TokenStream) -> TokenStream {
    match meaning {
        Meaning::AppRole(value) | Meaning::Scope(value) => quote_spanned! {place=>
            #[automatically_derived]
            impl ::core::convert::AsRef<::core::primitive::str> for #name {
                fn as_ref(&self) -> &::core::primitive::str {
                    #value
                }
            }
            #[automatically_derived]
            impl ::core::convert::From<#name> for ::std::string::String {
                fn from(_: #name) -> Self {
                    <Self as ::core::convert::From<&::core::primitive::str>>::from(#value)
                }
            }
        },
        Meaning::Group(_) => quote_spanned! {place=>
            #[automatically_derived]
            impl ::core::convert::From<#name> for #private::Guid {
                fn from(_: #name) -> Self {
                    <#name as #private::Item>::VALUE
                }
            }
            #[automatically_derived]
            impl ::core::convert::From<#name> for ::std::string::String {
                fn from(_: #name) -> Self {
                    ::std::string::ToString::to_string(&<#name as #private::Item>::VALUE)
                }
            }
        },
        Meaning::Policy(named) if named.is_judged => {
            let value = quote! { <#name as #private::Item>::VALUE };
            protect::judged(&named.expression, "judge_policy", &value)
        }
        Meaning::Policy(_) | Meaning::Permission(_) => TokenStream::new(),
    }
}

/// What the vocabulary says about an item, then what it stands for.
fn documentation(meaning: &Meaning, description: Option<&str>) -> Vec<String> {
    let meaning = match meaning {
        Meaning::AppRole(value) => format!("The app role `{value}`."),
        Meaning::Scope(value) => format!("The scope `{value}`."),
        Meaning::Group(id) => format!("The group `{id}`."),
        Meaning::Policy(named) => format!("The policy `{}`.", shown::code(&named.expression)),
        Meaning::Permission(permission) => {
            let agreed = match permission.consent {
                Consent::Person => ", to which the person agrees",
                Consent::Administrator => ", to which an administrator must agree",
                Consent::Unknown => "",
            };
            format!("The permission `{}` of this API{agreed}.", permission.name)
        }
    };
    match description {
        Some(description) => vec![description.to_owned(), String::new(), meaning],
        None => vec![meaning],
    }
}
