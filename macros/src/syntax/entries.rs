//! The list in an attribute, read entry by entry: a mistake in one entry does not hide the next.

use proc_macro2::{Group, Punct, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Ident, LitStr, Token, token};

use crate::printable::unprintable;
use crate::report::{Report, did_you_mean, hint, listed};

/// The list in one attribute, and the keys that it may have.
pub(crate) struct Entries<'a> {
    attribute: &'a Attribute,
    keys: &'static [&'static str],
    example: &'static str,
    /// Keys that belong in another place, and the place.
    elsewhere: &'static [(&'static str, &'static str)],
    name: Option<&'a mut Option<Ident>>,
    tokens: Option<TokenStream>,
}

/// The result of [`Entries::read`].
pub(crate) struct Parsed {
    /// Whether there was a list at all.
    pub(crate) is_list: bool,
    /// Whether every entry could be read, so that a missing key is really missing.
    pub(crate) is_whole: bool,
}

impl<'a> Entries<'a> {
    pub(crate) fn of(attribute: &'a Attribute, keys: &'static [&'static str], example: &'static str) -> Self {
        Self { attribute, keys, example, elsewhere: &[], name: None, tokens: None }
    }

    /// Adds keys that belong in another place, for the error.
    pub(crate) fn with_elsewhere(mut self, elsewhere: &'static [(&'static str, &'static str)]) -> Self {
        self.elsewhere = elsewhere;
        self
    }

    /// Allows a bare name as the first entry.
    pub(crate) fn with_name(mut self, name: &'a mut Option<Ident>) -> Self {
        self.name = Some(name);
        self
    }

    /// Reads these tokens of the list only.
    pub(crate) fn within(mut self, tokens: TokenStream) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Calls `entry` for each key; it reads the value.
    pub(crate) fn read(
        mut self,
        report: &mut Report,
        mut entry: impl FnMut(&Ident, ParseStream<'_>, &mut Report) -> syn::Result<()>,
    ) -> Parsed {
        let whole = || self.attribute.meta.require_list().ok().map(|list| list.tokens.clone());
        let tokens = self.tokens.take().or_else(whole);
        // An empty list is an error if the attribute may begin with a name. Otherwise it is harmless.
        let Some(tokens) = tokens.filter(|tokens| self.name.is_none() || !tokens.is_empty()) else {
            report.at(&self.attribute.meta, format_args!("the attribute is empty; write it as in `{}`", self.example));
            return Parsed { is_list: false, is_whole: false };
        };
        let mut is_whole = true;
        let parser = |input: ParseStream<'_>| {
            let mut is_first = true;
            while !input.is_empty() {
                match self.read_entry(is_first, input, report, &mut entry) {
                    Ok(()) if is_at_end(input) => {}
                    Ok(()) => {
                        report.add(input.error("expected a comma"));
                        if !self.is_before_key(input)? {
                            is_whole = false;
                            skip_entry(input)?;
                        }
                    }
                    Err(error) => {
                        is_whole = false;
                        report.add(error);
                        skip_entry(input)?;
                    }
                }
                let _: Option<Token![,]> = input.parse()?;
                is_first = false;
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            is_whole = false;
            report.add(error);
        }
        Parsed { is_list: true, is_whole }
    }

    fn read_entry(
        &mut self,
        is_first: bool,
        input: ParseStream<'_>,
        report: &mut Report,
        entry: &mut impl FnMut(&Ident, ParseStream<'_>, &mut Report) -> syn::Result<()>,
    ) -> syn::Result<()> {
        if self.read_name(is_first, input, report)? {
            return Ok(());
        }
        if !input.peek(Ident::peek_any) {
            let keys = listed(self.keys.iter().copied());
            return Err(input.error(format_args!("expected a key; the keys are {keys}")));
        }
        let key = Ident::parse_any(input)?;
        let word = key.to_string();
        if self.keys.contains(&word.as_str()) {
            return entry(&key, input, report);
        }
        if self.name.is_some() && input.peek(Token![->]) {
            return Err(syn::Error::new(key.span(), format_args!("write an edge as `from = {word}, to = ..`")));
        }
        if let Some((_, place)) = self.elsewhere.iter().find(|(elsewhere, _)| word == *elsewhere) {
            return Err(syn::Error::new(key.span(), format_args!("`{word}` belongs on {place}")));
        }
        let hint = hint(&word, "the keys are", self.keys.iter().copied());
        let attribute = self.attribute.path().to_token_stream();
        let error = syn::Error::new(key.span(), format_args!("`{word}` is not a key of `#[{attribute}(..)]`{hint}"));
        let Some(meant) = did_you_mean(&word, self.keys.iter().copied()) else { return Err(error) };
        report.add(error);
        entry(&Ident::new(meant, key.span()), input, report)
    }

    /// Reads the name of the transition: a word alone, before the keys. Returns whether there is one.
    fn read_name(&mut self, is_first: bool, input: ParseStream<'_>, report: &mut Report) -> syn::Result<bool> {
        let Some(name) = &mut self.name else { return Ok(false) };
        if is_first && input.peek(LitStr) {
            let ahead = input.fork();
            let text: LitStr = ahead.parse()?;
            if is_at_end(&ahead) {
                input.advance_to(&ahead);
                report.at(&text, format_args!("write the name of the transition without quotes: `{}`", text.value()));
                **name = text.parse_with(Ident::parse_any).ok().and_then(|word| raw(&word));
                return Ok(true);
            }
        }
        let ahead = input.fork();
        let Ok(word) = Ident::parse_any(&ahead) else { return Ok(false) };
        if word == "name" && ahead.peek(Token![=]) {
            let _ = Ident::parse_any(input)?;
            let _: Token![=] = input.parse()?;
            report.at(&word, "a transition's name comes first, without `name =`");
            return self.read_name(true, input, report);
        }
        let is_key = self.keys.contains(&word.to_string().as_str());
        let is_alone = is_at_end(&ahead) && (is_first || !is_key);
        // If the comma after the name is missing, another word follows, or a colon.
        let is_unseparated = is_first && !is_key && (ahead.peek(Ident::peek_any) || ahead.peek(Token![:]));
        if !is_alone && !is_unseparated {
            return Ok(false);
        }
        let is_keyword = !input.peek(Ident);
        let word = Ident::parse_any(input)?;
        if let Some(named) = &**name {
            let message = format!("`{word}` is not a key, and the transition already has the name `{named}`");
            return Err(syn::Error::new(word.span(), message));
        }
        if !is_first {
            report.at(&word, format_args!("`{word}` is not a key; if it is the transition's name, write it first"));
        }
        let raw = if is_keyword { raw(&word) } else { Some(word.clone()) };
        let Some(raw) = raw else {
            let message = format!("`{word}` cannot be the name of a method; rename the transition");
            return Err(syn::Error::new(word.span(), message));
        };
        if raw != word {
            report.at(&word, format_args!("`{word}` is a keyword; write `{raw}`"));
        }
        **name = Some(raw);
        Ok(true)
    }

    /// Returns whether a key follows, also after another mark than a comma.
    fn is_before_key(&self, input: ParseStream<'_>) -> syn::Result<bool> {
        let is_key = |input: ParseStream<'_>| {
            Ident::parse_any(input).is_ok_and(|word| self.keys.contains(&word.to_string().as_str()))
        };
        if is_key(&input.fork()) {
            return Ok(true);
        }
        let ahead = input.fork();
        let is_mark = ahead.parse::<Punct>().is_ok() && is_key(&ahead);
        if is_mark {
            let _: Punct = input.parse()?;
        }
        Ok(is_mark)
    }
}

/// Returns the word as a name. A keyword gets `r#`; some keywords cannot be names.
fn raw(word: &Ident) -> Option<Ident> {
    match word.to_string().as_str() {
        "_" | "self" | "Self" | "super" | "crate" => None,
        name if syn::parse_str::<Ident>(name).is_err() => Some(Ident::new_raw(name, word.span())),
        _ => Some(word.clone()),
    }
}

/// Returns whether the entry is at its end.
pub(crate) fn is_at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

pub(crate) fn skip_entry(input: ParseStream<'_>) -> syn::Result<()> {
    while !is_at_end(input) {
        let _: TokenTree = input.parse()?;
    }
    Ok(())
}

/// Sets a value, or returns an error if it is set already.
pub(crate) fn set_once<T>(slot: &mut Option<T>, key: &Ident, value: T) -> syn::Result<()> {
    if slot.is_some() {
        return Err(syn::Error::new(key.span(), format_args!("`{key}` is given twice")));
    }
    *slot = Some(value);
    Ok(())
}

/// Reads a key without a value.
pub(crate) fn set_flag<T>(slot: &mut Option<T>, key: &Ident, value: T, input: ParseStream<'_>) -> syn::Result<()> {
    if is_at_end(input) {
        return set_once(slot, key, value);
    }
    *slot = Some(value);
    Err(input.error(format_args!("`{key}` takes no value; write it alone")))
}

/// Reads the `=` after a key. Reports another mark in its place, and skips it.
pub(crate) fn equals(key: &Ident, input: ParseStream<'_>, report: &mut Report, takes: &str) -> syn::Result<()> {
    if input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>]) {
        let _: Token![=] = input.parse()?;
        return Ok(());
    }
    let error = syn::Error::new(key.span(), format_args!("`{key}` takes {takes}: `{key} = ..`"));
    let is_key = input.peek(Ident::peek_any) && input.peek2(Token![=]);
    if is_at_end(input) || input.peek(token::Paren) || is_key {
        return Err(error);
    }
    report.add(error);
    let mut is_mark = true;
    while is_mark && input.fork().parse::<Punct>().is_ok() {
        is_mark = input.parse::<Punct>()?.spacing() == Spacing::Joint;
    }
    Ok(())
}

/// `key = value` with a value that is not in quotes.
pub(crate) fn value<T: Parse>(key: &Ident, input: ParseStream<'_>, report: &mut Report, takes: &str) -> syn::Result<T> {
    equals(key, input, report, takes)?;
    let start = input.span();
    let refuse = |_| syn::Error::new(start, format_args!("`{key}` takes {takes}"));
    let quoted: Option<LitStr> = input.parse()?;
    let Some(quoted) = quoted else { return input.parse().map_err(refuse) };
    let value = quoted.parse().map_err(refuse)?;
    report.at(&quoted, format_args!("`{key}` takes {takes} without quotes: `{}`", quoted.value()));
    Ok(value)
}

/// `key = ".."`
pub(crate) fn text(key: &Ident, input: ParseStream<'_>, report: &mut Report) -> syn::Result<LitStr> {
    const TAKES: &str = "a text in quotes";
    equals(key, input, report, TAKES)?;
    input.parse().map_err(|error| syn::Error::new(error.span(), format_args!("`{key}` takes {TAKES}")))
}

/// `key = ".."` with a name that is recorded.
pub(crate) fn name(key: &Ident, input: ParseStream<'_>, report: &mut Report) -> syn::Result<LitStr> {
    nonempty_text(key, "write the recorded name", input, report)
}

/// `key = ".."` with a text that is not blank and prints on one line.
pub(crate) fn nonempty_text(key: &Ident, or: &str, input: ParseStream<'_>, report: &mut Report) -> syn::Result<LitStr> {
    let text = text(key, input, report)?;
    if text.value().trim().is_empty() {
        return Err(syn::Error::new(text.span(), format_args!("`{key}` is empty; leave it out, or {or}")));
    }
    if let Some(message) = unprintable(format_args!("`{key}`"), &text.value()) {
        return Err(syn::Error::new(text.span(), message));
    }
    Ok(text)
}

/// Reads a list in parentheses or brackets. `part` reads each part, and a mistake in one does not hide the next.
pub(crate) fn list(
    input: ParseStream<'_>,
    report: &mut Report,
    mut part: impl FnMut(ParseStream<'_>, &mut Report) -> syn::Result<()>,
) -> syn::Result<()> {
    let group: Group = input.parse()?;
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = part(input, report) {
                report.add(error);
                skip_entry(input)?;
            } else if !is_at_end(input) {
                report.add(input.error("expected a comma"));
                skip_entry(input)?;
            }
            let _: Option<Token![,]> = input.parse()?;
        }
        Ok(())
    };
    parser.parse2(group.stream())
}

/// Reads a group in brackets of any kind, if there is one.
pub(crate) fn group(input: ParseStream<'_>) -> syn::Result<Option<Group>> {
    let is_group = input.peek(token::Paren) || input.peek(token::Brace) || input.peek(token::Bracket);
    is_group.then(|| input.parse()).transpose()
}
