//! The identifiers in the user's types, which generated names must not repeat.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Ident, Type};

/// Returns the type with the enum's name for `Self`, because `Self` means another type in the methods and in the data.
pub(super) fn without_self(ty: &Type, name: &Ident) -> Type {
    let mut words = Vec::new();
    collect_identifiers(ty.to_token_stream(), &mut words);
    let names_it = words.iter().any(|word| word == "Self");
    let renamed = names_it.then(|| syn::parse2(tokens_without_self(ty.to_token_stream(), name)).ok()).flatten();
    renamed.unwrap_or_else(|| ty.clone())
}

/// Returns the tokens with the enum's name for `Self`.
pub(super) fn tokens_without_self(tokens: TokenStream, name: &Ident) -> TokenStream {
    let renamed = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => {
            let mut name = name.clone();
            name.set_span(word.span());
            TokenTree::Ident(name)
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), tokens_without_self(group.stream(), name));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    });
    renamed.collect()
}

/// Collects each identifier of these tokens.
pub(super) fn collect_identifiers(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Group(group) => collect_identifiers(group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
