//! The errors of a declaration, all reported at once.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use strsim::osa_distance;

/// Collects errors, each at the guilty token.
#[derive(Default)]
pub(crate) struct Report(Vec<syn::Error>);

impl Report {
    /// Adds an error at these tokens.
    pub(crate) fn at(&mut self, guilty: impl ToTokens, message: impl Display) {
        self.0.push(syn::Error::new_spanned(guilty, message));
    }

    pub(crate) fn at_span(&mut self, guilty: Span, message: impl Display) {
        self.0.push(syn::Error::new(guilty, message));
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn has_errors(&self) -> bool {
        !self.0.is_empty()
    }

    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0.iter().map(compile_error).collect()
    }
}

/// Returns the error as Rust, without the `::core::` in front of `compile_error`. With the span of a user's token, edition
/// 2015 would resolve `::core` in the user crate.
pub(crate) fn compile_error(error: &syn::Error) -> TokenStream {
    let is_path = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => mark.as_char() == ':',
        TokenTree::Ident(word) => word == "core",
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    };
    error.to_compile_error().into_iter().filter(|token| !is_path(token)).collect()
}

/// Returns the known word that is nearest to this one, if it is near enough.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A word of one or two letters is near to every word.
    let limit = match word.chars().count() {
        0..=2 => 0,
        count => (count / 3).max(1),
    };
    let word = word.to_lowercase();
    let near = known.into_iter().map(|candidate| (osa_distance(&word, &candidate.to_lowercase()), candidate));
    near.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// Returns `; did you mean ..?`, or a list of the known words: `; the states are ..`.
pub(crate) fn hint<'a>(word: &str, there_is: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match did_you_mean(word, known.clone()) {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => format!("; {there_is} {}", listed(known)),
    }
}

/// Returns the words in backticks, separated by commas.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compile_error_has_no_path_that_edition_2015_resolves_in_the_users_crate() {
        let mut error = syn::Error::new(Span::call_site(), "`A::core` is not a state");
        error.combine(syn::Error::new(Span::call_site(), "`B` is not a state"));
        let tokens = compile_error(&error).to_string().replace(' ', "");
        assert_eq!(tokens, r#"compile_error!{"`A::core`isnotastate"}compile_error!{"`B`isnotastate"}"#);
    }
}
