//! Lifetimes in the types of states and of the subject. A machine is not generic and owns its data, so `'static` is the only
//! lifetime that it can name.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Type, TypeReference};

use super::Data;
use crate::syntax::path_text;

/// A reference or a lifetime in a type that is not `'static`.
pub(crate) struct Borrow {
    /// The reference, or the lifetime.
    pub(crate) written: String,
    /// Types that would work, or lifetimes.
    pub(crate) instead: Vec<String>,
    pub(crate) is_reference: bool,
    pub(crate) span: Span,
}

/// Returns the first borrow in the type.
pub(crate) fn first_borrow(ty: &Type) -> Option<Borrow> {
    let mut walk = Walk::default();
    walk.tokens(ty.to_token_stream());
    walk.found
}

/// Returns the type with `'static` for each borrowed lifetime.
fn with_static_lifetimes(ty: &Type) -> Type {
    let written = Walk::default().tokens(ty.to_token_stream());
    syn::parse2(written).unwrap_or_else(|_| ty.clone())
}

/// Returns the subject's type with `'static` for each borrowed lifetime. A mutable reference becomes a shared one, which can
/// be a subject.
pub(crate) fn static_subject(ty: &Type) -> Type {
    if first_borrow(ty).is_none() {
        return ty.clone();
    }
    let shared = shared(with_static_lifetimes(ty).to_token_stream());
    syn::parse2(shared).unwrap_or_else(|_| ty.clone())
}

/// Removes the `mut` of each reference with a lifetime.
fn shared(tokens: TokenStream) -> TokenStream {
    let mut before = [None, None];
    let tokens = tokens.into_iter().filter_map(|token| {
        let is_of_lifetime = matches!(&before, [Some(mark), Some(TokenTree::Ident(_))] if is_mark(mark, '\''));
        let [_, last] = std::mem::take(&mut before);
        before = [last, Some(token.clone())];
        match token {
            TokenTree::Ident(word) if word == "mut" && is_of_lifetime => None,
            TokenTree::Group(group) => Some(Group::new(group.delimiter(), shared(group.stream())).into()),
            token => Some(token),
        }
    });
    tokens.collect()
}

impl Data {
    /// Replaces each borrowed lifetime by `'static`. Returns whether there was one.
    pub(crate) fn make_static(&mut self) -> bool {
        let mut is_changed = false;
        if let Self::Tuple(fields) | Self::Named(_, fields) = self {
            for field in fields.iter_mut().filter(|field| first_borrow(&field.ty).is_some()) {
                field.ty = with_static_lifetimes(&field.ty);
                is_changed = true;
            }
        }
        is_changed
    }
}

#[derive(Default)]
struct Walk {
    found: Option<Borrow>,
    /// The lifetimes that a `for<..>` declares.
    bound: HashSet<String>,
}

impl Walk {
    fn tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut written = Vec::new();
        let mut index = 0;
        while index < tokens.len() {
            let (before, after) = tokens.split_at(index);
            let previous = before.last();
            index += match &after[0] {
                TokenTree::Ident(word) if word == "for" => self.declare(after, &mut written),
                TokenTree::Punct(mark) if mark.as_char() == '&' => self.reference(after, &mut written),
                TokenTree::Punct(mark) if mark.as_char() == '\'' => self.lifetime(before, after, &mut written),
                // The lifetime of a function's result may be left out.
                TokenTree::Punct(mark) if mark.as_char() == '>' && previous.is_some_and(|mark| is_mark(mark, '-')) => {
                    copy(
                        after,
                        after.iter().take_while(|token| !is_mark(token, ',') && !is_mark(token, '+')).count(),
                        &mut written,
                    )
                }
                TokenTree::Group(group) if !may_leave_out(group, previous) => {
                    let mut inner = Group::new(group.delimiter(), self.tokens(group.stream()));
                    inner.set_span(group.span());
                    written.push(inner.into());
                    1
                }
                _ => copy(after, 1, &mut written),
            };
        }
        written.into_iter().collect()
    }

    /// `for<'a>`
    fn declare(&mut self, tokens: &[TokenTree], written: &mut Vec<TokenTree>) -> usize {
        let count = tokens.iter().take_while(|token| !is_mark(token, '>')).count();
        self.bound.extend(tokens[1..count].iter().map(ToString::to_string));
        copy(tokens, count, written)
    }

    /// `&`, with a lifetime or without.
    fn reference(&mut self, tokens: &[TokenTree], written: &mut Vec<TokenTree>) -> usize {
        written.push(tokens[0].clone());
        if !tokens.get(1).is_some_and(|next| is_mark(next, '\'')) {
            self.find_reference(tokens, tokens[0].span());
            written.extend(static_at(tokens[0].span()));
        }
        1
    }

    /// `'a`
    fn lifetime(&mut self, before: &[TokenTree], tokens: &[TokenTree], written: &mut Vec<TokenTree>) -> usize {
        let (name, span) = (tokens.get(1).map(ToString::to_string).unwrap_or_default(), tokens[0].span());
        if name == "static" || self.bound.contains(&name) {
            return copy(tokens, 2, written);
        }
        match before.last() {
            Some(mark) if is_mark(mark, '&') => {
                let reference: Vec<TokenTree> = [mark].into_iter().chain(tokens).cloned().collect();
                self.find_reference(&reference, span);
            }
            _ => self.find(Borrow {
                written: format!("'{name}"),
                instead: vec!["'static".to_owned()],
                is_reference: false,
                span,
            }),
        }
        written.extend(static_at(span));
        2
    }

    fn find_reference(&mut self, tokens: &[TokenTree], span: Span) {
        let parser = |input: ParseStream<'_>| {
            let reference: TypeReference = input.parse()?;
            input.parse::<TokenStream>().map(|_| reference)
        };
        let Ok(reference) = parser.parse2(tokens.iter().cloned().collect()) else { return };
        let (owned, to) = (owned(&reference.elem), path_text(&with_static_lifetimes(&reference.elem)));
        // A `&'static mut` is not a subject, and cannot be read from a record.
        let is_shared = reference.mutability.is_none();
        let instead = [owned].into_iter().chain(is_shared.then(|| format!("&'static {to}"))).collect();
        self.find(Borrow { written: path_text(&reference), instead, is_reference: true, span });
    }

    fn find(&mut self, borrow: Borrow) {
        self.found.get_or_insert(borrow);
    }
}

/// Copies this many tokens.
fn copy(tokens: &[TokenTree], count: usize, written: &mut Vec<TokenTree>) -> usize {
    let taken = &tokens[..count.min(tokens.len())];
    written.extend(taken.iter().cloned());
    taken.len()
}

/// Returns the type that owns what a reference to this one borrows.
fn owned(ty: &Type) -> String {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", path_text(&slice.elem)),
        Type::TraitObject(_) => format!("Box<{}>", path_text(ty)),
        Type::Reference(reference) => owned(&reference.elem),
        _ => path_text(ty),
    }
}

/// Returns whether lifetimes may be left out in the group, because it holds the parameters of a function's type or the input
/// of a macro.
fn may_leave_out(group: &Group, before: Option<&TokenTree>) -> bool {
    let is_of_function = group.delimiter() == Delimiter::Parenthesis
        && matches!(before, Some(TokenTree::Ident(word)) if word != "dyn" && word != "mut" && word != "const");
    is_of_function || group.delimiter() == Delimiter::Brace || before.is_some_and(|before| is_mark(before, '!'))
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn static_at(span: Span) -> [TokenTree; 2] {
    let mut mark = Punct::new('\'', Spacing::Joint);
    mark.set_span(span);
    [mark.into(), Ident::new("static", span).into()]
}
