//! What was meant: states, transitions and edges, with references resolved. It refuses nothing: what
//! cannot be resolved is kept for `check` to tell.

mod fingerprint;

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Fields, Ident, Path, Type, Visibility};

use crate::names::{self, Names, RenameRule};
use crate::syntax::{self, Source, Target};

pub(crate) use self::fingerprint::fingerprint;

/// The machine.
pub(crate) struct Machine {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) doc: String,
    /// The path of the crate `tollgate`.
    pub(crate) krate: TokenStream,
    /// Nothing for a bare id.
    pub(crate) subject: Option<Type>,
    /// The recorded name, and former ones.
    pub(crate) name: String,
    pub(crate) was: Vec<String>,
    pub(crate) names: Names,
    /// The type parameter of the generated methods, which stands beside the user's types.
    pub(crate) parameter: Ident,
    pub(crate) states: Vec<State>,
    pub(crate) transitions: Vec<Transition>,
    /// In the order of declaration, each once.
    pub(crate) edges: Vec<Edge>,
    /// Edges that were declared a second time.
    pub(crate) repeated: Vec<Repeated>,
    pub(crate) unknown: Vec<Unknown>,
    /// Where a transition stays and has no name.
    pub(crate) nameless: Vec<Span>,
    pub(crate) is_partial: bool,
}

/// A state.
pub(crate) struct State {
    pub(crate) ident: Ident,
    pub(crate) doc: String,
    pub(crate) name: String,
    /// Where the name is written.
    pub(crate) name_span: Span,
    pub(crate) was: Vec<(String, Span)>,
    pub(crate) initial: bool,
    pub(crate) terminal: Option<Span>,
    pub(crate) record: Option<Span>,
    pub(crate) data: Data,
}

/// The data of a state.
pub(crate) enum Data {
    Unit,
    /// Values without names: one is held as it is, several as a tuple.
    Tuple(Vec<Field>),
    /// Values with names, held in a generated struct.
    Named(Ident, Vec<Field>),
}

/// A field of a state: a parameter of the methods that lead to it.
pub(crate) struct Field {
    /// The field's own name, or one that is made for a position.
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) doc: String,
}

/// All that was declared under one name.
pub(crate) struct Transition {
    pub(crate) ident: Ident,
    /// The marker trait and the variant.
    pub(crate) camel: Ident,
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) was: Vec<(String, Span)>,
    pub(crate) doc: String,
    pub(crate) actor: bool,
    pub(crate) reason: bool,
    pub(crate) declarations: Vec<Declaration>,
}

/// One `#[transition(..)]`.
pub(crate) struct Declaration {
    /// The name, or what stands for it.
    pub(crate) ident: Ident,
    pub(crate) is_wildcard: bool,
    /// The sources that are known, as they were written.
    pub(crate) from: Vec<Ident>,
    pub(crate) to: To,
    pub(crate) actor: bool,
    pub(crate) reason: bool,
    pub(crate) guards: Vec<Path>,
    pub(crate) permission: Option<Path>,
    pub(crate) rename: Option<String>,
}

/// Where a declaration leads.
#[derive(Clone)]
pub(crate) enum To {
    State(usize, Ident),
    Stays,
    /// Somewhere unknown: told already.
    Nowhere,
}

/// A transition from one state to one state.
pub(crate) struct Edge {
    pub(crate) transition: usize,
    pub(crate) declaration: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) stays: bool,
    /// The source as it was written, or the name of the transition where it was a wildcard.
    pub(crate) from_ident: Ident,
    pub(crate) is_wildcard: bool,
}

/// An edge that was declared before.
pub(crate) struct Repeated {
    pub(crate) first: usize,
    pub(crate) again: Edge,
}

/// A name that is not a state's.
pub(crate) struct Unknown {
    pub(crate) state: Ident,
    pub(crate) transition: Ident,
    pub(crate) is_source: bool,
}

impl Machine {
    pub(crate) fn of(syntax: syntax::Machine) -> Self {
        let names = Names::of(&syntax.ident, &syntax.options);
        let options = syntax.options;
        let mut words = Vec::new();
        for state in &syntax.states {
            collect_words(state.fields.to_token_stream(), &mut words);
        }
        collect_words(options.subject.to_token_stream(), &mut words);
        let mut machine = Self {
            ident: syntax.ident,
            visibility: syntax.visibility,
            doc: syntax.doc,
            krate: options.krate.map_or_else(|| quote!(::tollgate), |path| path.to_token_stream()),
            subject: options.subject,
            name: options.name.map_or_else(|| names.base.clone(), |name| name.value()),
            was: options.was.iter().map(syn::LitStr::value).collect(),
            parameter: names::parameter(&words),
            states: syntax.states.into_iter().map(|state| State::of(state, options.rename_all, &names)).collect(),
            names,
            transitions: Vec::new(),
            edges: Vec::new(),
            repeated: Vec::new(),
            unknown: Vec::new(),
            nameless: Vec::new(),
            is_partial: syntax.is_partial,
        };
        let order: Vec<_> = syntax.transitions.into_iter().filter_map(|written| machine.declare(written)).collect();
        machine.connect(&order);
        machine
    }

    pub(crate) fn state_named(&self, ident: &Ident) -> Option<usize> {
        self.states.iter().position(|state| state.ident.unraw() == ident.unraw())
    }

    /// Resolves one declaration and files it under its name: gives the positions of both.
    fn declare(&mut self, written: syntax::Transition) -> Option<(usize, usize)> {
        let ident = match (&written.name, &written.to) {
            (Some(name), _) => name.clone(),
            (None, Some(Target::State(target))) => names::transition_to(target),
            (None, Some(Target::Stays(underscore))) => {
                self.nameless.push(underscore.span());
                return None;
            }
            (None, None) => return None,
        };
        let mut unknown = Vec::new();
        let mut known = |machine: &Self, state: &Ident, is_source: bool| {
            let index = machine.state_named(state);
            if index.is_none() {
                unknown.push(Unknown { state: state.clone(), transition: ident.clone(), is_source });
            }
            index
        };
        let is_wildcard = matches!(written.from, Some(Source::Wildcard));
        let mut from = Vec::new();
        if let Some(Source::States(states)) = written.from {
            from.extend(states.into_iter().filter(|state| known(self, state, true).is_some()));
        }
        let to = match written.to {
            Some(Target::State(target)) => {
                known(self, &target, false).map_or(To::Nowhere, |index| To::State(index, target))
            }
            Some(Target::Stays(_)) => To::Stays,
            None => To::Nowhere,
        };
        self.unknown.append(&mut unknown);
        let declaration = Declaration {
            ident: ident.clone(),
            is_wildcard,
            from,
            to,
            actor: written.actor.is_some() || written.permission.is_some(),
            reason: written.reason.is_some(),
            guards: written.guards,
            permission: written.permission,
            rename: written.rename.as_ref().map(syn::LitStr::value),
        };
        let index = self.transitions.iter().position(|transition| transition.ident.unraw() == ident.unraw());
        let index = index.unwrap_or_else(|| {
            self.transitions.push(Transition {
                camel: names::camel(&ident),
                name: ident.unraw().to_string(),
                name_span: ident.span(),
                was: Vec::new(),
                doc: String::new(),
                actor: declaration.actor,
                reason: declaration.reason,
                declarations: Vec::new(),
                ident,
            });
            self.transitions.len() - 1
        });
        let transition = &mut self.transitions[index];
        if let Some(rename) = &written.rename {
            (transition.name, transition.name_span) = (rename.value(), rename.span());
        }
        transition.was.extend(written.was.iter().map(|was| (was.value(), was.span())));
        if !written.doc.is_empty() {
            transition.doc = [transition.doc.as_str(), &written.doc].join("\n").trim_start().to_owned();
        }
        transition.declarations.push(declaration);
        Some((index, transition.declarations.len() - 1))
    }
}

impl Machine {
    /// The edges of all declarations, wildcards spelled out. A source that is written wins over a wildcard
    /// of the same name.
    fn connect(&mut self, order: &[(usize, usize)]) {
        let mut seen: HashMap<(usize, usize), usize> = HashMap::new();
        for &(transition, declaration) in order {
            let written = &self.transitions[transition].declarations[declaration];
            let sources: Vec<(usize, Ident)> = if written.is_wildcard {
                let exact: Vec<usize> = self.exact_sources(transition);
                let open = |index: &usize| self.states[*index].terminal.is_none() && !exact.contains(index);
                (0..self.states.len()).filter(open).map(|index| (index, written.ident.clone())).collect()
            } else {
                let known = written.from.iter().filter_map(|from| Some((self.state_named(from)?, from.clone())));
                known.collect()
            };
            for (from, from_ident) in sources {
                let (to, stays) = match &written.to {
                    To::State(index, _) => (*index, false),
                    To::Stays => (from, true),
                    To::Nowhere => continue,
                };
                let edge =
                    Edge { transition, declaration, from, to, stays, from_ident, is_wildcard: written.is_wildcard };
                match seen.get(&(transition, from)) {
                    Some(&first) => self.repeated.push(Repeated { first, again: edge }),
                    None => {
                        seen.insert((transition, from), self.edges.len());
                        self.edges.push(edge);
                    }
                }
            }
        }
    }

    fn exact_sources(&self, transition: usize) -> Vec<usize> {
        let exact = self.transitions[transition].declarations.iter().filter(|declaration| !declaration.is_wildcard);
        exact.flat_map(|declaration| &declaration.from).filter_map(|from| self.state_named(from)).collect()
    }

    /// The edges of a transition, with their positions.
    pub(crate) fn edges_of(&self, transition: usize) -> impl Iterator<Item = (usize, &Edge)> {
        self.edges.iter().enumerate().filter(move |(_, edge)| edge.transition == transition)
    }

    pub(crate) fn declaration(&self, edge: &Edge) -> &Declaration {
        &self.transitions[edge.transition].declarations[edge.declaration]
    }

    /// The data that a transition takes: that of a state it moves to, or nothing.
    pub(crate) fn payload(&self, transition: usize) -> &Data {
        const NOTHING: &Data = &Data::Unit;
        let targets = self.transitions[transition].declarations.iter().map(|declaration| &declaration.to);
        let target = targets.filter_map(|to| if let To::State(index, _) = to { Some(*index) } else { None }).next();
        target.map_or(NOTHING, |index| &self.states[index].data)
    }

    /// `Draft | Published -> Archived`, a declaration after the other.
    pub(crate) fn described(&self, transition: usize) -> String {
        let declarations = self.transitions[transition].declarations.iter().map(|declaration| {
            let sources: Vec<String> = declaration.from.iter().map(|from| from.unraw().to_string()).collect();
            let sources = if declaration.is_wildcard { "_".to_owned() } else { sources.join(" | ") };
            match &declaration.to {
                To::State(_, target) => format!("{sources} -> {}", target.unraw()),
                To::Stays => format!("{sources} stays"),
                To::Nowhere => sources,
            }
        });
        declarations.collect::<Vec<_>>().join(", ")
    }
}

impl State {
    fn of(written: syntax::State, rule: Option<RenameRule>, names: &Names) -> Self {
        let variant = written.ident.unraw().to_string();
        let (name, name_span) = match &written.rename {
            Some(rename) => (rename.value(), rename.span()),
            None => (rule.map_or(variant.clone(), |rule| rule.apply(&variant)), written.ident.span()),
        };
        let is_single = written.fields.len() == 1;
        let data = match written.fields {
            Fields::Unit => Data::Unit,
            Fields::Unnamed(fields) if fields.unnamed.is_empty() => Data::Unit,
            Fields::Unnamed(fields) => Data::Tuple(
                fields
                    .unnamed
                    .into_iter()
                    .enumerate()
                    .map(|(index, field)| Field::at(index, is_single, field))
                    .collect(),
            ),
            Fields::Named(fields) => Data::Named(
                written.data.unwrap_or_else(|| names.data(&written.ident)),
                fields.named.into_iter().map(Field::named).collect(),
            ),
        };
        Self {
            ident: written.ident,
            doc: written.doc,
            name,
            name_span,
            was: written.was.iter().map(|was| (was.value(), was.span())).collect(),
            initial: written.initial.is_some(),
            terminal: written.terminal,
            record: written.record,
            data,
        }
    }
}

impl Data {
    pub(crate) fn fields(&self) -> &[Field] {
        match self {
            Self::Unit => &[],
            Self::Tuple(fields) | Self::Named(_, fields) => fields,
        }
    }

    /// Whether both are the same to a caller: the same types under the same names.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let signature = |data: &Self| {
            let kind = matches!(data, Self::Named(..));
            let fields = data.fields().iter().map(|field| (field.name.clone(), field.ty.to_token_stream().to_string()));
            (kind, fields.collect::<Vec<_>>())
        };
        signature(self) == signature(other)
    }
}

impl Field {
    fn named(field: syn::Field) -> Self {
        let ident = field.ident.unwrap_or_else(|| Ident::new("value", Span::call_site()));
        Self { name: ident.unraw().to_string(), ident, ty: field.ty, doc: syntax::doc_of(&field.attrs) }
    }

    fn at(index: usize, is_single: bool, field: syn::Field) -> Self {
        let name = if is_single { "value".to_owned() } else { format!("value_{index}") };
        Self {
            ident: Ident::new(&name, Span::call_site()),
            name: index.to_string(),
            ty: field.ty,
            doc: syntax::doc_of(&field.attrs),
        }
    }
}

/// A path as it is written in the chart: without the spaces that tokens have.
pub(crate) fn path_text(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

/// Every word in these tokens.
fn collect_words(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Group(group) => collect_words(group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
