//! The list in an attribute, read entry by entry: a mistake in one does not hide the next.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Ident, Token};

use crate::report::{Report, hint};

/// The list in one attribute, and the keys that it may have.
pub(crate) struct Entries<'a> {
    attribute: &'a Attribute,
    keys: &'static [&'static str],
    example: &'static str,
    name: Option<&'a mut Option<Ident>>,
    tokens: Option<TokenStream>,
}

/// What became of the reading.
pub(crate) struct Outcome {
    /// Whether there was a list at all.
    pub(crate) is_list: bool,
    /// Whether every entry could be read.
    pub(crate) is_clean: bool,
}

impl<'a> Entries<'a> {
    pub(crate) fn of(attribute: &'a Attribute, keys: &'static [&'static str], example: &'static str) -> Self {
        Self { attribute, keys, example, name: None, tokens: None }
    }

    /// The first entry may be a bare name.
    pub(crate) fn with_name(mut self, name: &'a mut Option<Ident>) -> Self {
        self.name = Some(name);
        self
    }

    /// Reads this part of the list, not the whole.
    pub(crate) fn within(mut self, tokens: TokenStream) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Hands each key to `entry`, which reads what follows it.
    pub(crate) fn read(
        mut self,
        report: &mut Report,
        mut entry: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
    ) -> Outcome {
        let whole = || self.attribute.meta.require_list().ok().map(|list| list.tokens.clone());
        let Some(tokens) = self.tokens.take().or_else(whole) else {
            report.at(
                &self.attribute.meta,
                format_args!("there is nothing to read here; say it as in `{}`", self.example),
            );
            return Outcome { is_list: false, is_clean: false };
        };
        let mut is_clean = true;
        let parser = |input: ParseStream<'_>| {
            let mut is_first = true;
            while !input.is_empty() {
                let result = self.read_entry(is_first, input, &mut entry);
                let result = result.and_then(|()| {
                    if input.is_empty() || input.peek(Token![,]) {
                        Ok(())
                    } else {
                        Err(input.error("a comma belongs here"))
                    }
                });
                if let Err(error) = result {
                    is_clean = false;
                    report.add(error);
                    skip_entry(input)?;
                }
                let _: Option<Token![,]> = input.parse()?;
                is_first = false;
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            is_clean = false;
            report.add(error);
        }
        Outcome { is_list: true, is_clean }
    }

    fn read_entry(
        &mut self,
        is_first: bool,
        input: ParseStream<'_>,
        entry: &mut impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
    ) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format_args!(
                "a name belongs here; the keys are {}",
                crate::report::listed(self.keys.iter().copied())
            )));
        }
        let key = Ident::parse_any(input)?;
        let word = key.to_string();
        let is_bare = input.is_empty() || input.peek(Token![,]);
        if self.keys.contains(&word.as_str()) {
            return entry(&key, input);
        }
        if let Some(name) = &mut self.name {
            if is_bare && is_first {
                if syn::parse_str::<Ident>(&word).is_err() {
                    return Err(syn::Error::new(
                        key.span(),
                        format_args!("`{word}` is a keyword; a transition can be called `r#{word}`"),
                    ));
                }
                **name = Some(key);
                return Ok(());
            }
            if is_bare {
                return Err(syn::Error::new(
                    key.span(),
                    format_args!("`{word}` is no key; the name of a transition comes first"),
                ));
            }
        }
        let hint = hint(&word, "the keys", self.keys.iter().copied());
        Err(syn::Error::new(
            key.span(),
            format_args!("`{word}` is not a key of `#[{}(..)]`{hint}", self.attribute_name()),
        ))
    }

    fn attribute_name(&self) -> String {
        self.attribute.path().get_ident().map(Ident::to_string).unwrap_or_default()
    }
}

/// Sets what may be set once.
pub(crate) fn once<T>(slot: &mut Option<T>, key: &Ident, value: T) -> syn::Result<()> {
    if slot.is_some() {
        return Err(syn::Error::new(key.span(), format_args!("`{key}` is said twice")));
    }
    *slot = Some(value);
    Ok(())
}

/// `key = value`
pub(crate) fn value<T: Parse>(key: &Ident, input: ParseStream<'_>, takes: &str) -> syn::Result<T> {
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), format_args!("`{key}` takes {takes}: `{key} = ..`")));
    }
    let _: Token![=] = input.parse()?;
    let start = input.span();
    input.parse().map_err(|_| syn::Error::new(start, format_args!("`{key}` takes {takes}")))
}

/// Joins two outcomes, keeping both errors.
pub(crate) fn also(result: &mut syn::Result<()>, next: syn::Result<()>) {
    match (result, next) {
        (Err(first), Err(second)) => first.combine(second),
        (result @ Ok(()), next) => *result = next,
        (Err(_), Ok(())) => {}
    }
}

fn skip_entry(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _: TokenTree = input.parse()?;
    }
    Ok(())
}
