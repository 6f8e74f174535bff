//! The meaning of a declaration: states, transitions and edges, with references resolved. It rejects nothing: unresolved
//! references are kept, and `check` reports them.

mod borrow;
mod creation;
mod derives;
mod edges;
mod field;
mod fingerprint;
mod identifiers;
mod structs;

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{ExprPath, Ident, LitStr, Type, Visibility};

use crate::names::{self, Names};
use crate::rename_rule::RenameRule;
use crate::syntax::serde::SerdeKey;
use crate::syntax::{self, Source, Target};

pub(crate) use self::borrow::{Borrow, first_borrow, static_subject};
pub(crate) use self::creation::Creation;
pub(crate) use self::derives::{Derives, trait_name};
pub(crate) use self::edges::EdgeSet;
pub(crate) use self::field::{DefaultValue, Field};
pub(crate) use self::fingerprint::{canonical, fingerprint};
use self::identifiers::collect_identifiers;
pub(crate) use self::structs::Structs;
pub(crate) use crate::syntax::path_text;

/// The machine.
pub(crate) struct Machine {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) doc: String,
    /// The path of the crate `tollgate`.
    pub(crate) krate: TokenStream,
    /// `None` if the subject is an id.
    pub(crate) subject: Option<Type>,
    /// The recorded name, and former ones.
    pub(crate) name: String,
    pub(crate) was: Vec<LitStr>,
    pub(crate) names: Names,
    /// The traits that are derived for the enum of the transitions.
    pub(crate) command_derives: Derives,
    /// The traits that are derived for the data of the states; `None` if they follow those of the enum.
    pub(crate) data_derives: Option<Derives>,
    /// The type parameter of the generated methods. No type of the user has its name.
    pub(crate) parameter: Ident,
    /// The keys of serde on the enum.
    pub(crate) keys: Vec<SerdeKey>,
    pub(crate) states: Vec<State>,
    pub(crate) transitions: Vec<Transition>,
    /// The declarations as they were written: the positions of the transition and, in it, the declaration.
    pub(crate) order: Vec<(usize, usize)>,
    /// The position of each state by its name. A comparison of all names would be quadratic.
    state_positions: HashMap<String, usize>,
    transition_positions: HashMap<String, usize>,
    pub(crate) edges: EdgeSet,
    /// Edges that were declared a second time.
    pub(crate) repeated: Vec<Repeated>,
    /// The spans of transitions that stay and have no name.
    pub(crate) nameless: Vec<Span>,
    pub(crate) is_partial: bool,
}

/// A state.
pub(crate) struct State {
    pub(crate) ident: Ident,
    /// The unit type of the state.
    pub(crate) marker: Ident,
    pub(crate) doc: String,
    pub(crate) name: String,
    /// The span of the name.
    pub(crate) name_span: Span,
    pub(crate) was: Vec<(String, Span)>,
    pub(crate) initial: bool,
    pub(crate) terminal: Option<Span>,
    pub(crate) record: Option<Span>,
    pub(crate) data: Data,
    /// The keys of serde on the variant.
    pub(crate) keys: Vec<SerdeKey>,
    /// The name for the struct of its fields, as written.
    pub(crate) data_name: Option<Ident>,
}

/// The data of a state.
pub(crate) enum Data {
    Unit,
    /// Values without names: one is held as it is, several as a tuple.
    Tuple(Vec<Field>),
    /// Values with names, held in a generated struct.
    Named(Ident, Vec<Field>),
}

/// The target that all edges of a transition have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommonTarget {
    /// The source of each edge.
    Same,
    State(usize),
}

/// The declarations under one name.
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
    /// The name as written, or the generated one.
    pub(crate) ident: Ident,
    pub(crate) is_wildcard: bool,
    /// The sources as they were written, known or not.
    pub(crate) from: Vec<Ident>,
    pub(crate) to: Destination,
    pub(crate) actor: bool,
    pub(crate) reason: bool,
    pub(crate) guards: Vec<ExprPath>,
    pub(crate) permission: Option<ExprPath>,
    pub(crate) rename: Option<LitStr>,
}

/// The target of a declaration.
pub(crate) enum Destination {
    State(usize, Ident),
    Stays,
    /// A name that is not a state's, or no name.
    Unknown(Option<Ident>),
}

/// A transition from one state to one state.
pub(crate) struct Edge {
    pub(crate) transition: usize,
    pub(crate) declaration: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) stays: bool,
    /// The source as written, or the name of the transition if the source is a wildcard.
    pub(crate) from_ident: Ident,
    pub(crate) is_wildcard: bool,
}

/// An edge that was declared before.
pub(crate) struct Repeated {
    pub(crate) first: usize,
    pub(crate) again: Edge,
}

impl Machine {
    pub(crate) fn of(syntax: syntax::Machine) -> Self {
        let names = Names::of(&syntax.ident, &syntax.options);
        let options = syntax.options;
        let mut words = Vec::new();
        for field in syntax.states.iter().flat_map(|state| state.data.fields()) {
            collect_identifiers(field.ident.to_token_stream(), &mut words);
            collect_identifiers(field.ty.to_token_stream(), &mut words);
        }
        collect_identifiers(options.subject.to_token_stream(), &mut words);
        let generated = [&syntax.ident, &names.machine, &names.any, &names.transition, &names.creation, &names.module];
        words.extend(generated.map(ToString::to_string));
        words.extend(syntax.states.iter().filter_map(|state| state.data_name.as_ref()).map(ToString::to_string));
        let state = |state| State::of(state, options.rename_all, &names, &syntax.ident);
        let states = syntax.states.into_iter().map(state).collect();
        let mut machine = Self {
            ident: syntax.ident,
            visibility: syntax.visibility,
            doc: syntax.doc,
            krate: options.krate.map_or_else(|| quote!(::tollgate), |path| path.to_token_stream()),
            subject: options.subject,
            name: options.name.map_or_else(|| names.base.clone(), |name| name.value()),
            was: options.was,
            command_derives: Derives(options.transition_derives.unwrap_or_default()),
            data_derives: options.data_derives.map(Derives),
            parameter: names::parameter(&words),
            keys: syntax.serde,
            states,
            names,
            state_positions: HashMap::new(),
            transition_positions: HashMap::new(),
            transitions: Vec::new(),
            order: Vec::new(),
            edges: EdgeSet::default(),
            repeated: Vec::new(),
            nameless: Vec::new(),
            is_partial: syntax.is_partial,
        };
        for (index, state) in machine.states.iter().enumerate() {
            machine.state_positions.entry(state.ident.unraw().to_string()).or_insert(index);
        }
        machine.order = syntax.transitions.into_iter().filter_map(|written| machine.declare(written)).collect();
        machine.connect();
        machine
    }

    pub(crate) fn state_named(&self, ident: &Ident) -> Option<usize> {
        self.state_positions.get(&ident.unraw().to_string()).copied()
    }

    /// Resolves one declaration and adds it to the transition of its name. Returns the positions of both.
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
        let is_wildcard = matches!(written.from, Some(Source::Wildcard));
        let from = if let Some(Source::States(states)) = written.from { states } else { Vec::new() };
        let to = match written.to {
            Some(Target::State(target)) => match self.state_named(&target) {
                Some(index) => Destination::State(index, target),
                None => Destination::Unknown(Some(target)),
            },
            Some(Target::Stays(_)) => Destination::Stays,
            None => Destination::Unknown(None),
        };
        let declaration = Declaration {
            ident: ident.clone(),
            is_wildcard,
            from,
            to,
            actor: written.actor.is_some() || written.permission.is_some(),
            reason: written.reason.is_some(),
            guards: written.guards,
            permission: written.permission,
            rename: written.rename.clone(),
        };
        let name = ident.unraw().to_string();
        let known = self.transition_positions.get(&name).copied();
        let index = known.unwrap_or_else(|| {
            self.transition_positions.insert(name.clone(), self.transitions.len());
            self.transitions.push(Transition {
                camel: names::camel(&ident),
                name,
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
            let doc = [transition.doc.as_str(), &written.doc].join("\n");
            doc.trim_start().clone_into(&mut transition.doc);
        }
        transition.declarations.push(declaration);
        Some((index, transition.declarations.len() - 1))
    }
}

impl Machine {
    pub(crate) fn declaration(&self, edge: &Edge) -> &Declaration {
        &self.transitions[edge.transition].declarations[edge.declaration]
    }

    /// Returns the data that a transition takes: that of its target, or nothing if it stays.
    pub(crate) fn payload(&self, transition: usize) -> &Data {
        const NOTHING: &Data = &Data::Unit;
        let mut targets = self.transitions[transition].declarations.iter().map(|declaration| &declaration.to);
        let target = targets.find_map(|to| if let Destination::State(index, _) = to { Some(*index) } else { None });
        target.map_or(NOTHING, |index| &self.states[index].data)
    }

    /// Returns whether a transition or a creation leads to the state with its data, so that a command carries that.
    pub(crate) fn is_carried(&self, state: usize) -> bool {
        if self.states[state].initial {
            return true;
        }
        let mut declarations = self.transitions.iter().flat_map(|transition| &transition.declarations);
        declarations.any(|declaration| matches!(declaration.to, Destination::State(index, _) if index == state))
    }

    /// Returns whether commands can be written.
    pub(crate) fn writes_commands(&self) -> bool {
        self.command_derives.named("Serialize").is_some()
    }

    /// Returns whether a declaration of the transition has guards or a permission.
    pub(crate) fn is_guarded(&self, transition: usize) -> bool {
        let mut declarations = self.transitions[transition].declarations.iter();
        declarations.any(|declaration| !declaration.guards.is_empty() || declaration.permission.is_some())
    }

    /// Returns the target that all edges of a transition have in common, if there is one.
    pub(crate) fn target(&self, transition: usize) -> Option<CommonTarget> {
        let mut edges = self.edges.of(transition);
        let reached = |edge: &Edge| if edge.stays { CommonTarget::Same } else { CommonTarget::State(edge.to) };
        let first = edges.next().map_or(CommonTarget::Same, reached);
        edges.all(|edge| reached(edge) == first).then_some(first)
    }

    /// Returns `Draft | Published -> Archived` for each declaration, separated by commas.
    pub(crate) fn described(&self, transition: usize) -> String {
        let declarations = self.transitions[transition].declarations.iter().map(|declaration| {
            let sources: Vec<String> = declaration.from.iter().map(|from| from.unraw().to_string()).collect();
            let sources = if declaration.is_wildcard { "_".to_owned() } else { sources.join(" | ") };
            match &declaration.to {
                Destination::State(_, target) => format!("{sources} -> {}", target.unraw()),
                Destination::Stays => format!("{sources} stays"),
                Destination::Unknown(_) => sources,
            }
        });
        declarations.collect::<Vec<_>>().join(", ")
    }
}

impl State {
    fn of(written: syntax::State, rule: Option<RenameRule>, names: &Names, machine: &Ident) -> Self {
        let variant = written.ident.unraw().to_string();
        let (name, name_span) = match &written.rename {
            Some(rename) => (rename.value(), rename.span()),
            None => (rule.map_or(variant.clone(), |rule| rule.apply(&variant)), written.ident.span()),
        };
        let data = match written.data {
            syntax::Data::Unit => Data::Unit,
            syntax::Data::Tuple(fields) => {
                let is_single = fields.len() == 1;
                let fields = fields.into_iter().enumerate();
                Data::Tuple(fields.map(|(index, field)| Field::at(index, is_single, field, machine)).collect())
            }
            syntax::Data::Named(fields) => Data::Named(
                written.data_name.clone().unwrap_or_else(|| names.data(&written.ident)),
                fields.into_iter().map(|field| Field::named(field, machine)).collect(),
            ),
        };
        Self {
            marker: written.ident.clone(),
            ident: written.ident,
            doc: written.doc,
            name,
            name_span,
            was: written.was.iter().map(|was| (was.value(), was.span())).collect(),
            initial: written.initial.is_some(),
            terminal: written.terminal,
            record: written.record,
            data,
            keys: written.serde,
            data_name: written.data_name,
        }
    }
}

impl State {
    /// Returns the fields that the chart lists: those of a record if the state is recorded, otherwise all.
    pub(crate) fn charted(&self) -> impl Iterator<Item = &Field> {
        self.data.fields().iter().filter(|field| self.record.is_none() || !field.is_skipped())
    }

    /// Returns whether the field is recorded as `[redacted]`.
    pub(crate) fn redacts(&self, field: &Field) -> bool {
        self.record.is_some() && field.is_redacted()
    }
}

impl Data {
    pub(crate) fn fields(&self) -> &[Field] {
        match self {
            Self::Unit => &[],
            Self::Tuple(fields) | Self::Named(_, fields) => fields,
        }
    }

    /// Returns whether both have the same types under the same names, so that they are the same for a caller.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let signature = |data: &Self| {
            let kind = matches!(data, Self::Named(..));
            let fields =
                data.fields().iter().map(|field| (field.ident.unraw(), field.ty.to_token_stream().to_string()));
            (kind, fields.collect::<Vec<_>>())
        };
        signature(self) == signature(other)
    }
}
