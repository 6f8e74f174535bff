//! The options of a generated type: its name, and the traits that are derived for it.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Path, token};

use super::entries::{is_at_end, list, set_once, value};
use crate::report::{Report, hint, listed};

/// `transition = Name`, or `transition(name = Name, derive(Clone, ..))` with one key or both.
pub(super) fn named(
    name: &mut Option<Ident>,
    derives: &mut Option<Vec<Path>>,
    key: &Ident,
    input: ParseStream<'_>,
    report: &mut Report,
) -> syn::Result<()> {
    if name.is_some() || derives.is_some() {
        let message = format!("`{key}` is given twice; write one list: `{key}(name = .., derive(..))`");
        return Err(syn::Error::new(key.span(), message));
    }
    if input.peek(token::Paren) {
        return keys(Some(name), derives, key, input, report);
    }
    set_once(name, key, value(key, input, report, "a name")?)
}

/// `data(derive(Clone, ..))`
pub(super) fn unnamed(
    derives: &mut Option<Vec<Path>>,
    key: &Ident,
    input: ParseStream<'_>,
    report: &mut Report,
) -> syn::Result<()> {
    if derives.is_some() {
        return Err(syn::Error::new(key.span(), format_args!("`{key}` is given twice")));
    }
    if input.peek(token::Paren) {
        return keys(None, derives, key, input, report);
    }
    let message = format!("`{key}` takes a list: `{key}(derive(Clone))`; `#[state(data = ..)]` names one struct");
    Err(syn::Error::new(key.span(), message))
}

fn keys(
    mut name: Option<&mut Option<Ident>>,
    derives: &mut Option<Vec<Path>>,
    key: &Ident,
    input: ParseStream<'_>,
    report: &mut Report,
) -> syn::Result<()> {
    let known: &[&str] = if name.is_some() { &["name", "derive"] } else { &["derive"] };
    let mut is_empty = true;
    list(input, report, |input, report| {
        is_empty = false;
        let word = Ident::parse_any(input).map_err(|error| {
            let known = listed(known.iter().copied());
            syn::Error::new(error.span(), format_args!("expected a key; the keys are {known}"))
        })?;
        match (word.to_string().as_str(), &mut name) {
            ("name", Some(name)) => set_once(name, &word, value(&word, input, report, "a name")?),
            ("derive", _) => {
                // For the data, an empty list turns off the default traits.
                let paths = traits(&word, name.is_none(), input, report)?;
                set_once(derives, &word, paths)
            }
            (other, _) => {
                let hint = hint(other, "the keys are", known.iter().copied());
                Err(syn::Error::new(word.span(), format_args!("`{other}` is not a key of `{key}(..)`{hint}")))
            }
        }
    })?;
    if is_empty {
        let message = format!("`{key}` is empty; leave it out, or derive a trait, as in `{key}(derive(Clone))`");
        return Err(syn::Error::new(key.span(), message));
    }
    Ok(())
}

/// `derive(Clone, PartialEq)`
fn traits(key: &Ident, may_be_empty: bool, input: ParseStream<'_>, report: &mut Report) -> syn::Result<Vec<Path>> {
    if !input.peek(token::Paren) {
        return Err(syn::Error::new(key.span(), "`derive` takes a list of traits: `derive(Clone, PartialEq)`"));
    }
    let mut paths = Vec::new();
    let mut is_empty = true;
    list(input, report, |input, _| {
        is_empty = false;
        let path: Path = input
            .call(Path::parse_mod_style)
            .map_err(|error| syn::Error::new(error.span(), "expected the name of a trait"))?;
        if !is_at_end(input) {
            let path = path.to_token_stream();
            return Err(input.error(format_args!("write the name of the trait alone: `{path}`")));
        }
        paths.push(path);
        Ok(())
    })?;
    if is_empty && !may_be_empty {
        return Err(syn::Error::new(key.span(), "`derive` is empty; name a trait, as in `derive(Clone)`"));
    }
    Ok(paths)
}
