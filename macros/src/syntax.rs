//! The declaration as written: the enum and its attributes, without their meaning.

mod derives;
pub(crate) mod entries;
mod field;
mod path;
pub(crate) mod serde;
mod transition;

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Attribute, DeriveInput, Fields, Ident, LitStr, Path, Type, Variant, Visibility};

use self::entries::{Entries, name, set_flag, set_once, text, value};
pub(crate) use self::field::Field;
pub(crate) use self::path::path_text;
pub(crate) use self::transition::{Source, Target, Transition, requires};
use crate::rename_rule::RenameRule;
use crate::report::Report;

/// The enum with its attributes.
pub(crate) struct Machine {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) doc: String,
    pub(crate) options: Options,
    pub(crate) states: Vec<State>,
    pub(crate) transitions: Vec<Transition>,
    /// The keys of serde on the enum.
    pub(crate) serde: Vec<serde::SerdeKey>,
    /// Whether an attribute could not be read, so that it may contain a missing key.
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
    /// The traits that are derived for the enum of the transitions.
    pub(crate) transition_derives: Option<Vec<Path>>,
    pub(crate) creation: Option<Ident>,
    pub(crate) module: Option<Ident>,
    /// The traits that are derived for the data of the states.
    pub(crate) data_derives: Option<Vec<Path>>,
}

/// A variant with its `#[state(..)]`
pub(crate) struct State {
    pub(crate) ident: Ident,
    pub(crate) data: Data,
    pub(crate) doc: String,
    pub(crate) initial: Option<Span>,
    pub(crate) terminal: Option<Span>,
    pub(crate) record: Option<Span>,
    pub(crate) rename: Option<LitStr>,
    pub(crate) was: Vec<LitStr>,
    pub(crate) data_name: Option<Ident>,
    /// The keys of serde on the variant.
    pub(crate) serde: Vec<serde::SerdeKey>,
}

/// The fields of a variant.
pub(crate) enum Data {
    Unit,
    Tuple(Vec<Field>),
    Named(Vec<Field>),
}

impl Data {
    fn read(fields: &Fields, report: &mut Report) -> Self {
        let read = fields.iter().map(|field| Field::read(field, report)).collect();
        match fields {
            Fields::Named(_) => Self::Named(read),
            Fields::Unnamed(fields) if !fields.unnamed.is_empty() => Self::Tuple(read),
            Fields::Unnamed(_) | Fields::Unit => Self::Unit,
        }
    }

    pub(crate) fn fields(&self) -> &[Field] {
        match self {
            Self::Unit => &[],
            Self::Tuple(fields) | Self::Named(fields) => fields,
        }
    }
}

impl Machine {
    /// Returns `None` if the item cannot be a machine; the report then contains the reason.
    pub(crate) fn read(input: &DeriveInput, report: &mut Report) -> Option<Self> {
        let variants = match &input.data {
            syn::Data::Enum(data) => &data.variants,
            syn::Data::Struct(data) => {
                report.at(
                    data.struct_token,
                    "a state machine must be an enum with a variant for each state, but this is a struct",
                );
                return None;
            }
            syn::Data::Union(data) => {
                report.at(
                    data.union_token,
                    "a state machine must be an enum with a variant for each state, but this is a union",
                );
                return None;
            }
        };
        if variants.is_empty() {
            report.at(&input.ident, format_args!("`{}` has no states; add a variant for each state", input.ident));
            return None;
        }
        if !input.generics.params.is_empty() {
            let cure = if input.generics.type_params().next().is_none() && input.generics.lifetimes().next().is_some() {
                "use types that own their data, such as `String`, or `'static`"
            } else {
                "put the generic data into the subject"
            };
            report.at(
                &input.generics,
                format_args!("`{}` is generic, but a state machine cannot be generic; {cure}", input.ident),
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
            serde: serde::keys(&input.attrs),
            is_partial: false,
        };
        for attribute in &input.attrs {
            match ours(attribute).as_deref() {
                Some("machine") => machine.options.read(attribute, report),
                Some("transition") => machine.transitions.extend(Transition::read_all(attribute, report)),
                Some("state") => report.at(attribute.path(), "`#[state(..)]` belongs on a variant, not on the enum"),
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
        const KEYS: &[&str] = &[
            "subject",
            "name",
            "was",
            "rename_all",
            "crate",
            "base",
            "machine",
            "any",
            "transition",
            "creation",
            "module",
            "data",
        ];
        Entries::of(attribute, KEYS, "#[machine(name = \"..\")]").read(report, |key, input, report| {
            match key.to_string().as_str() {
                "subject" => set_once(&mut self.subject, key, value(key, input, report, "a type")?),
                "name" => set_once(&mut self.name, key, name(key, input, report)?),
                "was" => {
                    self.was.push(name(key, input, report)?);
                    Ok(())
                }
                "rename_all" => set_once(&mut self.rename_all, key, RenameRule::read(&text(key, input, report)?)?),
                "crate" => set_once(&mut self.krate, key, krate(key, input, report)?),
                "base" => set_once(&mut self.base, key, value(key, input, report, "a name")?),
                "machine" => set_once(&mut self.machine, key, value(key, input, report, "a name")?),
                "any" => set_once(&mut self.any, key, value(key, input, report, "a name")?),
                "transition" => derives::named(&mut self.transition, &mut self.transition_derives, key, input, report),
                "creation" => set_once(&mut self.creation, key, value(key, input, report, "a name")?),
                "data" => derives::unnamed(&mut self.data_derives, key, input, report),
                _ => set_once(&mut self.module, key, value(key, input, report, "a name")?),
            }
        });
    }
}

/// `crate = path`
pub(crate) fn krate(key: &Ident, input: ParseStream<'_>, report: &mut Report) -> syn::Result<Path> {
    let path: Path = value(key, input, report, "a path")?;
    match path.segments.first() {
        Some(first) if first.ident == "self" || first.ident == "super" => Err(syn::Error::new_spanned(
            &path,
            "a generated module uses this path; start it with `crate::` or the dependency's name",
        )),
        _ => Ok(path),
    }
}

impl State {
    fn read(variant: &Variant, report: &mut Report) -> Self {
        const KEYS: &[&str] = &["initial", "terminal", "record", "rename", "was", "data"];
        let mut state = Self {
            ident: variant.ident.clone(),
            data: Data::Unit,
            doc: doc_of(&variant.attrs),
            initial: None,
            terminal: None,
            record: None,
            rename: None,
            was: Vec::new(),
            data_name: None,
            serde: serde::keys(&variant.attrs),
        };
        for attribute in &variant.attrs {
            match ours(attribute).as_deref() {
                Some("state") => {
                    let entries = Entries::of(attribute, KEYS, "#[state(initial)]")
                        .with_elsewhere(&[("skip", "a field of the state"), ("redact", "a field of the state")]);
                    entries.read(report, |key, input, report| match key.to_string().as_str() {
                        "initial" => set_flag(&mut state.initial, key, key.span(), input),
                        "terminal" => set_flag(&mut state.terminal, key, key.span(), input),
                        "record" => set_flag(&mut state.record, key, key.span(), input),
                        "rename" => set_once(&mut state.rename, key, name(key, input, report)?),
                        "was" => {
                            state.was.push(name(key, input, report)?);
                            Ok(())
                        }
                        _ => set_once(&mut state.data_name, key, value(key, input, report, "a name")?),
                    });
                }
                Some(name) => {
                    report.at(attribute.path(), format_args!("`#[{name}(..)]` belongs on the enum, not on a variant"));
                }
                None => {}
            }
        }
        // Last, so that mistakes are reported in the order in which they are written.
        state.data = Data::read(&variant.fields, report);
        state
    }
}

/// Returns the name of the attribute if it is one of ours.
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

/// Returns the text of `#[doc = ".."]` if it is a literal. Another expression, such as `include_str!`, is not copied.
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
