//! Writes the Rust code of a machine. This cannot fail, because mistakes have been reported and repaired before.
//!
//! The expansion is meant to be read, in a debugger or in `cargo expand`. Its items are small, and code that does not name
//! the user's types is in the runtime.

mod any;
mod chart;
mod command;
mod creation;
mod data;
mod docs;
mod json;
mod module;
pub(crate) mod own;
mod probe;
mod state;
mod transition;
mod typed;

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, Visibility};

use crate::model::{Data, Machine, State};

pub(crate) fn machine(mut machine: Machine) -> TokenStream {
    own::names(&mut machine);
    let machine = &machine;
    let krate = &machine.krate;
    let mut items = module::taken(machine);
    items.extend(module::module(machine));
    items.extend(data::structs(machine));
    items.extend(any::any_enum(machine));
    items.extend(command::command_enum(machine));
    items.extend(creation::creation_enum(machine));

    let mut impls = typed::typed(machine);
    impls.extend(state::states(machine));
    impls.extend(data::impls(machine));
    impls.extend(transition::transitions(machine));
    impls.extend(any::impls(machine));
    impls.extend(command::impls(machine));
    impls.extend(creation::impls(machine));
    let mentions = transition::mentions(machine);
    let probe = probe::probe(machine);
    let own_machine = module::own_machine(machine);
    quote! {
        #items

        #[allow(clippy::all, clippy::pedantic)]
        const _: () = {
            use #krate::__private as __tollgate;
            #own_machine

            #[doc = " Marks the states and edges of this machine. Other code cannot create it, because its field is private."]
            pub struct __DeclarationToken(());

            #impls

            #mentions

            #probe
        };
    }
}

impl Machine {
    /// Returns the enum's visibility as it is written in a module `depth` levels deeper.
    fn visible(&self, depth: usize) -> TokenStream {
        let supers = std::iter::repeat_n(quote!(super), depth);
        match &self.visibility {
            visibility if depth == 0 => visibility.to_token_stream(),
            Visibility::Public(_) => quote!(pub),
            Visibility::Inherited => quote!(pub(in #(#supers)::*)),
            Visibility::Restricted(restricted) => {
                let path = &restricted.path;
                let first = path.segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
                match first.as_str() {
                    "self" if path.segments.len() == 1 => quote!(pub(in #(#supers)::*)),
                    "super" => quote!(pub(in #(#supers::)* #path)),
                    _ => quote!(pub(in #path)),
                }
            }
        }
    }

    /// `report_state::Draft`
    fn marker(&self, state: usize) -> TokenStream {
        let (module, marker) = (&self.names.module, &self.states[state].marker);
        quote!(#module::#marker)
    }

    /// `ReportMachine<report_state::Draft>`
    fn machine_in(&self, state: usize) -> TokenStream {
        let (machine, marker) = (&self.names.machine, self.marker(state));
        quote!(#machine<#marker>)
    }

    /// `report_state::transition::submit`
    fn transition_marker(&self, transition: usize) -> TokenStream {
        let (module, ident) = (&self.names.module, own::own(&self.transitions[transition].ident));
        quote!(#module::transition::#ident)
    }

    /// Returns the subject's type.
    fn subject_type(&self) -> TokenStream {
        self.subject.as_ref().map_or_else(|| quote!(__tollgate::Id), ToTokens::to_token_stream)
    }

    /// `type Subject = Report;`, under this name.
    fn subject_item(&self, name: &str) -> TokenStream {
        associated_type(name, &self.subject_type())
    }

    /// Returns the type of the subject's parameter, and the expression for the subject. If the subject is an id, the method
    /// takes anything that converts into one.
    fn subject_parameter(&self, name: &Ident) -> (TokenStream, TokenStream) {
        match &self.subject {
            Some(subject) => (quote!(#subject), quote!(#name)),
            None => (
                quote!(impl ::core::convert::Into<__tollgate::Id>),
                quote!(<_ as ::core::convert::Into<__tollgate::Id>>::into(#name)),
            ),
        }
    }
}

impl State {
    /// `ReportState::Review { reviewer }`: the variant, as a pattern and as an expression.
    fn variant(&self, machine: &Machine) -> TokenStream {
        self.data.constructed(&machine.ident, &self.ident)
    }
}

impl Data {
    fn idents(&self) -> Vec<&Ident> {
        self.fields().iter().map(|field| &field.ident).collect()
    }

    /// Returns a variant with this data, as a pattern and as an expression.
    fn constructed(&self, path: &Ident, variant: &Ident) -> TokenStream {
        let fields = self.idents();
        match self {
            Self::Tuple(_) => quote!(#path::#variant(#(#fields),*)),
            Self::Unit | Self::Named(..) => quote!(#path::#variant { #(#fields),* }),
        }
    }

    /// Returns the type of the data.
    fn ty(&self) -> TokenStream {
        match self {
            Self::Unit => quote!(()),
            Self::Tuple(fields) => {
                let types = fields.iter().map(|field| &field.ty);
                if fields.len() == 1 { quote!(#(#types)*) } else { quote!((#(#types),*)) }
            }
            Self::Named(ident, _) => ident.to_token_stream(),
        }
    }

    /// Returns the data of the fields' values, as a pattern and as an expression.
    fn value(&self) -> TokenStream {
        let idents = self.idents();
        match self {
            Self::Unit => quote!(()),
            Self::Tuple(fields) if fields.len() == 1 => quote!(#(#idents)*),
            Self::Tuple(_) => quote!((#(#idents),*)),
            Self::Named(data, _) => quote!(#data { #(#idents),* }),
        }
    }

    /// Returns the fields as parameters, each after a comma.
    fn parameters(&self) -> TokenStream {
        let parameters = self.fields().iter().map(|field| {
            let (ident, ty) = (&field.ident, &field.ty);
            quote!(, #ident: #ty)
        });
        parameters.collect()
    }
}

/// Returns `type Data = String;` with the span of the type. If the type is private and the machine is not, rustc points at
/// the whole item.
fn associated_type(name: &str, ty: &TokenStream) -> TokenStream {
    let first = ty.clone().into_iter().next();
    let span = first.map_or_else(Span::call_site, |token| Span::call_site().located_at(token.span()));
    let name = Ident::new(name, span);
    quote_spanned!(span=> type #name = #ty;)
}

/// Returns a number as a literal without a suffix.
fn number(index: usize) -> Literal {
    Literal::usize_unsuffixed(index)
}

/// Returns the same tokens with this span.
fn at_span(tokens: TokenStream, span: Span) -> TokenStream {
    let spanned = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.into_iter().map(spanned).collect()
}
