//! Lists for the macros of the runtime, which make items of them: token by token, since a derive runs unoptimised and
//! `quote` takes several times as long.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// A list of what `gather` pushes.
pub(super) fn gathered(gather: impl FnOnce(&mut Vec<TokenTree>)) -> TokenStream {
    let mut list = Vec::new();
    gather(&mut list);
    list.into_iter().collect()
}

pub(super) fn group(delimiter: Delimiter, tokens: TokenStream) -> TokenTree {
    Group::new(delimiter, tokens).into()
}

pub(super) fn spanned(token: impl Into<TokenTree>, span: Span) -> TokenTree {
    let mut token = token.into();
    token.set_span(span);
    token
}
