//! `#[transition(..)]`: its name, its states, and its requirements.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{AngleBracketedGenericArguments, Attribute, ExprPath, Ident, LitStr, Path, PathArguments, Token, token};

use super::entries::{Entries, equals, group, is_at_end, list, name, set_once, skip_entry, text};
use super::{append_line, path_text};
use crate::report::{Report, hint};

/// `#[transition(..)]`
pub(crate) struct Transition {
    pub(crate) name: Option<Ident>,
    pub(crate) from: Option<Source>,
    pub(crate) to: Option<Target>,
    pub(crate) actor: Option<Span>,
    pub(crate) reason: Option<Span>,
    pub(crate) guards: Vec<ExprPath>,
    pub(crate) permission: Option<ExprPath>,
    pub(crate) doc: String,
    pub(crate) rename: Option<LitStr>,
    pub(crate) was: Vec<LitStr>,
}

/// `from = ..`
pub(crate) enum Source {
    States(Vec<Ident>),
    /// `_`: every state that is not terminal.
    Wildcard,
}

/// `to = ..`
pub(crate) enum Target {
    State(Ident),
    /// `_`: it stays.
    Stays(Token![_]),
}

impl Transition {
    /// Reads the transitions of one attribute, which semicolons separate. Rustc counts the attributes of an item against its
    /// recursion limit, which allows about 120.
    pub(super) fn read_all(attribute: &Attribute, report: &mut Report) -> Vec<Self> {
        let tokens = attribute.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
        let mut parts = vec![TokenStream::new()];
        for token in tokens {
            let is_semicolon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';');
            let Some(part) = parts.last_mut() else { continue };
            if is_semicolon && is_word(part) {
                report.at(token, "expected a comma; a semicolon separates transitions");
                part.extend(quote!(,));
            } else if is_semicolon {
                parts.push(TokenStream::new());
            } else {
                part.extend([token]);
            }
        }
        // An empty list is reported as one part. A semicolon at the end adds no part.
        if parts.iter().all(TokenStream::is_empty) {
            parts.truncate(1);
        } else {
            parts.retain(|part| !part.is_empty());
        }
        parts.into_iter().filter_map(|part| Self::read(attribute, &part, report)).collect()
    }

    /// Returns `None` if there is nothing to read.
    fn read(attribute: &Attribute, part: &TokenStream, report: &mut Report) -> Option<Self> {
        const KEYS: &[&str] = &["from", "to", "requires", "guard", "permission", "doc", "rename", "was"];
        const EXAMPLE: &str = "#[transition(submit, from = Draft, to = Review)]";
        let mut read = Self {
            name: None,
            from: None,
            to: None,
            actor: None,
            reason: None,
            guards: Vec::new(),
            permission: None,
            doc: String::new(),
            rename: None,
            was: Vec::new(),
        };
        let mut guard = None;
        let entries = Entries::of(attribute, KEYS, EXAMPLE).with_name(&mut read.name).within(part.clone());
        let parsed = entries.read(report, |key, input, report| match key.to_string().as_str() {
            "from" => set_once(&mut read.from, key, Source::read(key, input, report)?),
            "to" => set_once(&mut read.to, key, Target::read(key, input, report)?),
            "requires" => requires(&mut read.actor, &mut read.reason, key, input, report),
            "guard" => set_once(&mut guard, key, guards(key, input, report)?),
            "permission" => set_once(&mut read.permission, key, permission(key, input, report)?),
            "doc" => {
                let line = text(key, input, report)?.value();
                append_line(&mut read.doc, &line);
                Ok(())
            }
            "rename" => set_once(&mut read.rename, key, name(key, input, report)?),
            _ => {
                read.was.push(name(key, input, report)?);
                Ok(())
            }
        });
        read.guards = guard.unwrap_or_default();
        if parsed.is_whole {
            read.report_missing(part, report);
        }
        parsed.is_list.then_some(read)
    }

    /// Reports that there is no `from`, or no `to`.
    fn report_missing(&self, written: &TokenStream, report: &mut Report) {
        let missing = match (&self.from, &self.to) {
            (None, None) => "no `from` and no `to`",
            (None, Some(_)) => "no `from`",
            (Some(_), None) => "no `to`",
            (Some(_), Some(_)) => return,
        };
        match &self.name {
            Some(name) => {
                report.at(name, format_args!("`{name}` has {missing}; write it as in `{name}, from = .., to = ..`"));
            }
            None => report.at(written, format_args!("a transition has {missing}; write it as in `from = .., to = ..`")),
        }
    }
}

/// Returns whether the part is a single word, which is not a whole transition.
fn is_word(part: &TokenStream) -> bool {
    syn::parse2::<Ident>(part.clone()).is_ok()
}

/// `requires(actor, reason)`
pub(crate) fn requires(
    actor: &mut Option<Span>,
    reason: &mut Option<Span>,
    key: &Ident,
    input: ParseStream<'_>,
    report: &mut Report,
) -> syn::Result<()> {
    if !input.peek(token::Paren) {
        let message = "`requires` takes a list: `requires(actor)`, `requires(actor, reason)`";
        return Err(syn::Error::new(key.span(), message));
    }
    let mut is_empty = true;
    list(input, report, |input, _| {
        is_empty = false;
        let word =
            Ident::parse_any(input).map_err(|error| syn::Error::new(error.span(), "expected `actor` or `reason`"))?;
        match word.to_string().as_str() {
            "actor" => set_once(actor, &word, word.span()),
            "reason" => set_once(reason, &word, word.span()),
            other => {
                let hint = hint(other, "the options are", ["actor", "reason"]);
                Err(syn::Error::new(word.span(), format_args!("`{other}` cannot be required{hint}")))
            }
        }
    })?;
    if is_empty {
        return Err(syn::Error::new(key.span(), "`requires` is empty; name a requirement, as in `requires(actor)`"));
    }
    Ok(())
}

impl Source {
    fn read(key: &Ident, input: ParseStream<'_>, report: &mut Report) -> syn::Result<Self> {
        equals(
            key,
            input,
            report,
            "a state, several with `|` between them, or `_` for every state that is not terminal",
        )?;
        let (mut states, mut wildcard, mut wrong_separator) = (Vec::new(), None, None);
        if input.peek(token::Bracket) {
            wrong_separator = Some(input.span());
            list(input, report, |input, report| {
                states.push(state(input, report)?);
                Ok(())
            })?;
        } else {
            let _: Option<Token![|]> = input.parse()?;
            loop {
                match input.parse::<Option<Token![_]>>()? {
                    Some(underscore) => wildcard = Some(underscore),
                    None => states.push(state(input, report)?),
                }
                let span = input.span();
                match join(input)? {
                    Some(Join::Bar) => {}
                    Some(Join::Other) => wrong_separator = Some(span),
                    None => break,
                }
            }
        }
        if let Some(span) = wrong_separator {
            let joined: Vec<String> = states.iter().map(Ident::to_string).collect();
            report.at_span(span, format_args!("separate the sources with one `|`: `{}`", joined.join(" | ")));
        }
        let Some(wildcard) = wildcard else { return Ok(Self::States(states)) };
        if !states.is_empty() {
            report.at(wildcard, "`_` means every state that is not terminal; write it alone");
        }
        Ok(Self::Wildcard)
    }
}

/// The separator of two sources.
enum Join {
    Bar,
    /// Another separator in its place.
    Other,
}

fn join(input: ParseStream<'_>) -> syn::Result<Option<Join>> {
    if input.peek(Token![||]) {
        let _: Token![||] = input.parse()?;
        return Ok(Some(Join::Other));
    }
    if input.peek(Token![|]) {
        let _: Token![|] = input.parse()?;
        return Ok(Some(Join::Bar));
    }
    // A word alone, after a comma or after nothing, is a source if it begins with a capital as states do: the name of the
    // transition comes first.
    let ahead = input.fork();
    let _: Option<Token![,]> = ahead.parse()?;
    let is_state = Ident::parse_any(&ahead).is_ok_and(|word| word.to_string().starts_with(char::is_uppercase));
    if is_state && (is_at_end(&ahead) || ahead.peek(Token![|])) {
        let _: Option<Token![,]> = input.parse()?;
        return Ok(Some(Join::Other));
    }
    Ok(None)
}

impl Target {
    fn read(key: &Ident, input: ParseStream<'_>, report: &mut Report) -> syn::Result<Self> {
        equals(key, input, report, "a state, or `_` to stay")?;
        let target =
            if input.peek(Token![_]) { Self::Stays(input.parse()?) } else { Self::State(state(input, report)?) };
        if input.peek(Token![|]) {
            report.add(input.error("a transition leads to one state; declare it once for each target"));
            skip_entry(input)?;
        }
        Ok(target)
    }
}

/// Reads the name of a state. Reports a path, data or quotes, and skips them.
fn state(input: ParseStream<'_>, report: &mut Report) -> syn::Result<Ident> {
    let refuse = |error: syn::Error| syn::Error::new(error.span(), "expected the name of a state");
    let quoted: Option<LitStr> = input.parse()?;
    if let Some(quoted) = quoted {
        let state: Ident = quoted.parse().map_err(refuse)?;
        report.at(&quoted, format_args!("write the state without quotes: `{state}`"));
        return Ok(state);
    }
    let path: Path = input.call(Path::parse_mod_style).map_err(refuse)?;
    let Some(last) = path.segments.last() else { return Err(input.error("expected the name of a state")) };
    let state = last.ident.clone();
    if path.segments.len() > 1 {
        report.at(&path, format_args!("write the state without its path: `{state}`"));
    }
    if let Some(data) = group(input)? {
        report.at(data, format_args!("write the state without its data: `{state}`"));
    }
    Ok(state)
}

/// `guard = path` or `guard = [a, b]`
fn guards(key: &Ident, input: ParseStream<'_>, report: &mut Report) -> syn::Result<Vec<ExprPath>> {
    equals(key, input, report, "the path of a function, or `[first, second]`")?;
    if !input.peek(token::Bracket) {
        return Ok(vec![function(input, report)?]);
    }
    let mut guards = Vec::new();
    let span = input.span();
    let mut is_empty = true;
    list(input, report, |input, report| {
        is_empty = false;
        guards.push(function(input, report)?);
        Ok(())
    })?;
    if is_empty {
        return Err(syn::Error::new(span, "`guard` is empty; leave it out, or name a function"));
    }
    Ok(guards)
}

/// `permission = path`
fn permission(key: &Ident, input: ParseStream<'_>, report: &mut Report) -> syn::Result<ExprPath> {
    equals(key, input, report, "the path of a function")?;
    function(input, report)
}

/// Reads the path of a function. Reports a call or quotes, and skips them.
fn function(input: ParseStream<'_>, report: &mut Report) -> syn::Result<ExprPath> {
    let refuse = |error: syn::Error| syn::Error::new(error.span(), "expected the path of a function");
    if input.peek(Token![|]) || input.peek(Token![move]) {
        let error = input.error("a closure has no path that a record could name; write a function and name it here");
        skip_parameters(input)?;
        return Err(error);
    }
    let quoted: Option<LitStr> = input.parse()?;
    if let Some(quoted) = quoted {
        let path: ExprPath = quoted.parse().map_err(refuse)?;
        report.at(&quoted, format_args!("write the function without quotes: `{}`", path_text(&path)));
        return Ok(path);
    }
    let start = input.span();
    // After a type in angle brackets, syn reports a missing part at the end, where there is no token to point at.
    let is_qualified = input.peek(Token![<]);
    let refuse_here = |error| if is_qualified { refuse(syn::Error::new(start, error)) } else { refuse(error) };
    let mut path: ExprPath = input.parse().map_err(refuse_here)?;
    add_arguments(&mut path, input, report)?;
    if let Some(arguments) = group(input)? {
        report.at(arguments, format_args!("write the function without a call: `{}`", path_text(&path)));
    }
    Ok(path)
}

/// Reads generic arguments without `::` before them, as in a type, and reports them.
fn add_arguments(path: &mut ExprPath, input: ParseStream<'_>, report: &mut Report) -> syn::Result<()> {
    if !input.peek(Token![<]) {
        return Ok(());
    }
    let mut arguments: AngleBracketedGenericArguments = input.parse()?;
    let written = arguments.clone();
    arguments.colon2_token = Some(token::PathSep(written.lt_token.span));
    if let Some(last) = path.path.segments.last_mut() {
        last.arguments = PathArguments::AngleBracketed(arguments);
    }
    report.at(written, format_args!("write `::` before the generic arguments: `{}`", path_text(path)));
    Ok(())
}

/// Skips the parameters of a closure, which commas may separate.
fn skip_parameters(input: ParseStream<'_>) -> syn::Result<()> {
    let _: Option<Token![move]> = input.parse()?;
    let _: Token![|] = input.parse()?;
    while !input.is_empty() && !input.peek(Token![|]) {
        let _: TokenTree = input.parse()?;
    }
    Ok(())
}
