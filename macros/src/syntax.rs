//! What was written: the enum and its attributes as they stand, without asking what they mean.

pub(crate) mod entries;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Path, Token, Type, Variant, Visibility, token};

use self::entries::{Entries, once, value};
use crate::names::RenameRule;
use crate::report::Report;

/// The enum with its attributes.
pub(crate) struct Machine {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) doc: String,
    pub(crate) options: Options,
    pub(crate) states: Vec<State>,
    pub(crate) transitions: Vec<Transition>,
    /// Whether something could not be read, so that what is missing may be there.
    pub(crate) is_partial: bool,
}

/// `#[machine(..)]`
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) subject: Option<Type>,
    pub(crate) name: Option<LitStr>,
    pub(crate) was: Vec<LitStr>,
    pub(crate) rename_all: Option<RenameRule>,
    pub(crate) krate: Option<Path>,
    pub(crate) base: Option<Ident>,
    pub(crate) machine: Option<Ident>,
    pub(crate) any: Option<Ident>,
    pub(crate) transition: Option<Ident>,
    pub(crate) module: Option<Ident>,
}

/// A variant with its `#[state(..)]`
pub(crate) struct State {
    pub(crate) ident: Ident,
    pub(crate) fields: Fields,
    pub(crate) doc: String,
    pub(crate) initial: Option<Span>,
    pub(crate) terminal: Option<Span>,
    pub(crate) record: Option<Span>,
    pub(crate) rename: Option<LitStr>,
    pub(crate) was: Vec<LitStr>,
    pub(crate) data: Option<Ident>,
}

/// `#[transition(..)]`
pub(crate) struct Transition {
    pub(crate) name: Option<Ident>,
    pub(crate) from: Option<Source>,
    pub(crate) to: Option<Target>,
    pub(crate) actor: Option<Span>,
    pub(crate) reason: Option<Span>,
    pub(crate) guards: Vec<Path>,
    pub(crate) permission: Option<Path>,
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

impl Machine {
    /// Nothing where the item is no enum that could be a machine; the report then says why.
    pub(crate) fn read(input: &DeriveInput, report: &mut Report) -> Option<Self> {
        let variants = match &input.data {
            Data::Enum(data) => &data.variants,
            Data::Struct(data) => {
                report.at(
                    data.struct_token,
                    "a state machine is declared on an enum with a variant for each state, and this is a struct",
                );
                return None;
            }
            Data::Union(data) => {
                report.at(
                    data.union_token,
                    "a state machine is declared on an enum with a variant for each state, and this is a union",
                );
                return None;
            }
        };
        if variants.is_empty() {
            report.at(
                &input.ident,
                format_args!("`{}` has no states; a state machine has a variant for each state", input.ident),
            );
            return None;
        }
        if !input.generics.params.is_empty() {
            report.at(
                &input.generics,
                format_args!(
                    "`{}` is generic, and a state machine is not; put what varies into the subject",
                    input.ident
                ),
            );
            return None;
        }
        let mut machine = Self {
            ident: input.ident.clone(),
            visibility: input.vis.clone(),
            doc: doc_of(&input.attrs),
            options: Options::default(),
            states: Vec::new(),
            transitions: Vec::new(),
            is_partial: false,
        };
        for attribute in &input.attrs {
            match ours(attribute).as_deref() {
                Some("machine") => machine.options.read(attribute, report),
                Some("transition") => machine.transitions.extend(Transition::read_all(attribute, report)),
                Some("state") => report.at(attribute.path(), "`#[state(..)]` goes on a variant, not on the enum"),
                _ => {}
            }
        }
        for variant in variants {
            machine.states.push(State::read(variant, report));
        }
        machine.is_partial = report.has_errors();
        Some(machine)
    }
}

impl Options {
    fn read(&mut self, attribute: &Attribute, report: &mut Report) {
        const KEYS: &[&str] =
            &["subject", "name", "was", "rename_all", "crate", "base", "machine", "any", "transition", "module"];
        Entries::of(attribute, KEYS, "#[machine(name = \"..\")]").read(report, |key, input| {
            match key.to_string().as_str() {
                "subject" => once(&mut self.subject, key, value(key, input, "a type")?),
                "name" => once(&mut self.name, key, text(key, input)?),
                "was" => {
                    self.was.push(text(key, input)?);
                    Ok(())
                }
                "rename_all" => once(&mut self.rename_all, key, RenameRule::read(&text(key, input)?)?),
                "crate" => once(&mut self.krate, key, path(key, input)?),
                "base" => once(&mut self.base, key, value(key, input, "a name")?),
                "machine" => once(&mut self.machine, key, value(key, input, "a name")?),
                "any" => once(&mut self.any, key, value(key, input, "a name")?),
                "transition" => once(&mut self.transition, key, value(key, input, "a name")?),
                _ => once(&mut self.module, key, value(key, input, "a name")?),
            }
        });
    }
}

impl State {
    fn read(variant: &Variant, report: &mut Report) -> Self {
        const KEYS: &[&str] = &["initial", "terminal", "record", "rename", "was", "data"];
        let mut state = Self {
            ident: variant.ident.clone(),
            fields: variant.fields.clone(),
            doc: doc_of(&variant.attrs),
            initial: None,
            terminal: None,
            record: None,
            rename: None,
            was: Vec::new(),
            data: None,
        };
        for attribute in &variant.attrs {
            match ours(attribute).as_deref() {
                Some("state") => {
                    Entries::of(attribute, KEYS, "#[state(initial)]").read(report, |key, input| {
                        match key.to_string().as_str() {
                            "initial" => once(&mut state.initial, key, key.span()),
                            "terminal" => once(&mut state.terminal, key, key.span()),
                            "record" => once(&mut state.record, key, key.span()),
                            "rename" => once(&mut state.rename, key, text(key, input)?),
                            "was" => {
                                state.was.push(text(key, input)?);
                                Ok(())
                            }
                            _ => once(&mut state.data, key, value(key, input, "a name")?),
                        }
                    });
                }
                Some(name) => {
                    report.at(attribute.path(), format_args!("`#[{name}(..)]` goes on the enum, not on a variant"))
                }
                None => {}
            }
        }
        for field in &variant.fields {
            for attribute in &field.attrs {
                if let Some(name) = ours(attribute) {
                    let place = if name == "state" { "a variant" } else { "the enum" };
                    report.at(attribute.path(), format_args!("`#[{name}(..)]` goes on {place}, not on a field"));
                }
            }
        }
        state
    }
}

impl Transition {
    /// One attribute may hold several, with semicolons between them: rustc counts the attributes of an item
    /// against its recursion limit, which leaves room for about 120.
    fn read_all(attribute: &Attribute, report: &mut Report) -> Vec<Self> {
        let tokens = attribute.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
        let mut parts = vec![TokenStream::new()];
        for token in tokens {
            match (&token, parts.last_mut()) {
                (TokenTree::Punct(punct), _) if punct.as_char() == ';' => parts.push(TokenStream::new()),
                (_, Some(part)) => part.extend([token]),
                (_, None) => {}
            }
        }
        if parts.len() > 1 {
            parts.retain(|part| !part.is_empty());
            return parts.into_iter().filter_map(|part| Self::read(attribute, Some(part), report)).collect();
        }
        Self::read(attribute, None, report).into_iter().collect()
    }

    /// Nothing where there is no list to read.
    fn read(attribute: &Attribute, part: Option<TokenStream>, report: &mut Report) -> Option<Self> {
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
        let mut entries = Entries::of(attribute, KEYS, EXAMPLE).with_name(&mut read.name);
        if let Some(part) = part {
            entries = entries.within(part);
        }
        let outcome = entries.read(report, |key, input| match key.to_string().as_str() {
            "from" => once(&mut read.from, key, Source::read(key, input)?),
            "to" => once(&mut read.to, key, Target::read(key, input)?),
            "requires" => requires(&mut read.actor, &mut read.reason, key, input),
            "guard" => once(&mut guard, key, guards(key, input)?),
            "permission" => once(&mut read.permission, key, path(key, input)?),
            "doc" => {
                let line = text(key, input)?.value();
                append_line(&mut read.doc, &line);
                Ok(())
            }
            "rename" => once(&mut read.rename, key, text(key, input)?),
            _ => {
                read.was.push(text(key, input)?);
                Ok(())
            }
        });
        read.guards = guard.unwrap_or_default();
        if !outcome.is_clean {
            return outcome.is_list.then_some(read);
        }
        for (is_missing, key, wanted) in
            [(read.from.is_none(), "from", "from = Draft"), (read.to.is_none(), "to", "to = Review")]
        {
            if is_missing {
                let message = format!("the transition has no `{key}`; say it as in `{wanted}`");
                match &read.name {
                    Some(name) => report.at(name, message),
                    None => report.at(attribute.path(), message),
                }
            }
        }
        Some(read)
    }
}

/// `requires(actor, reason)`
fn requires(
    actor: &mut Option<Span>,
    reason: &mut Option<Span>,
    key: &Ident,
    input: ParseStream<'_>,
) -> syn::Result<()> {
    if !input.peek(token::Paren) {
        let message = "`requires` takes a list: `requires(actor)`, `requires(actor, reason)`";
        return Err(syn::Error::new(key.span(), message));
    }
    let list;
    syn::parenthesized!(list in input);
    let mut result = Ok(());
    for word in Punctuated::<Ident, Token![,]>::parse_terminated_with(&list, Ident::parse_any)? {
        let outcome = match word.to_string().as_str() {
            "actor" => once(actor, &word, word.span()),
            "reason" => once(reason, &word, word.span()),
            other => {
                let hint = crate::report::hint(other, "what can be required", ["actor", "reason"]);
                Err(syn::Error::new(word.span(), format_args!("`{other}` cannot be required{hint}")))
            }
        };
        entries::also(&mut result, outcome);
    }
    result
}

impl Source {
    fn read(key: &Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        equals(key, input, "`Draft`, `Draft | Published`, or `_` for every state that is not terminal")?;
        if input.peek(Token![_]) {
            let _: Token![_] = input.parse()?;
            return Ok(Self::Wildcard);
        }
        let _: Option<Token![|]> = input.parse()?;
        let mut states = vec![state(input)?];
        while input.peek(Token![|]) {
            let _: Token![|] = input.parse()?;
            states.push(state(input)?);
        }
        Ok(Self::States(states))
    }
}

impl Target {
    fn read(key: &Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        equals(key, input, "a state, or `_` to stay")?;
        if input.peek(Token![_]) {
            return Ok(Self::Stays(input.parse()?));
        }
        let target = state(input)?;
        if input.peek(Token![|]) {
            let message = "a transition leads to one state; declare it once for each target";
            return Err(input.error(message));
        }
        Ok(Self::State(target))
    }
}

/// The name of a state, without a path.
fn state(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(syn::LitStr) {
        let literal: LitStr = input.parse()?;
        return Err(syn::Error::new(
            literal.span(),
            format_args!("a state is named without quotes: `{}`", literal.value()),
        ));
    }
    let path: Path =
        input.parse().map_err(|error| syn::Error::new(error.span(), "the name of a state belongs here"))?;
    match path.segments.last() {
        Some(last) if path.segments.len() > 1 => {
            Err(syn::Error::new_spanned(&path, format_args!("a state is named without its path: `{}`", last.ident)))
        }
        _ => path.require_ident().cloned(),
    }
}

/// `guard = path` or `guard = [a, b]`
fn guards(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Path>> {
    equals(key, input, "the path of a function, or `[first, second]`")?;
    if input.peek(token::Bracket) {
        let list;
        syn::bracketed!(list in input);
        let paths = Punctuated::<Path, Token![,]>::parse_terminated(&list)?;
        return Ok(paths.into_iter().collect());
    }
    function(input).map(|path| vec![path])
}

fn path(key: &Ident, input: ParseStream<'_>) -> syn::Result<Path> {
    equals(key, input, "a path")?;
    if key == "crate" { input.call(Path::parse_mod_style) } else { function(input) }
}

fn function(input: ParseStream<'_>) -> syn::Result<Path> {
    if input.peek(Token![|]) || input.peek(Token![move]) {
        return Err(input.error("a closure has no name for the record; write a function and give its path"));
    }
    input.parse()
}

fn text(key: &Ident, input: ParseStream<'_>) -> syn::Result<LitStr> {
    value(key, input, "a text in quotes")
}

fn equals(key: &Ident, input: ParseStream<'_>, takes: &str) -> syn::Result<()> {
    if input.peek(Token![=]) {
        let _: Token![=] = input.parse()?;
        return Ok(());
    }
    Err(syn::Error::new(key.span(), format_args!("`{key}` takes {takes}, after a `=`")))
}

/// The name of the attribute, where it is one of ours.
fn ours(attribute: &Attribute) -> Option<String> {
    let name = attribute.path().get_ident()?.to_string();
    ["machine", "state", "transition"].contains(&name.as_str()).then_some(name)
}

pub(crate) fn doc_of(attributes: &[Attribute]) -> String {
    let mut doc = String::new();
    for attribute in attributes {
        if let Some(line) = doc_line(attribute) {
            append_line(&mut doc, line.strip_prefix(' ').unwrap_or(&line));
        }
    }
    doc
}

/// The text of `#[doc = ".."]`. It need not be a literal (`include_str!`): then it stays where it is.
fn doc_line(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(meta) = &attribute.meta else { return None };
    match &meta.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if meta.path.is_ident("doc") => {
            Some(text.value())
        }
        _ => None,
    }
}

fn append_line(doc: &mut String, line: &str) {
    if !doc.is_empty() {
        doc.push('\n');
    }
    doc.push_str(line);
}
