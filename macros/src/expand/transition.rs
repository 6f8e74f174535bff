//! A transition: its method, and its edges.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{at_span, docs, number};
use crate::model::{Edge, Machine, path_text};

pub(super) fn transitions(machine: &Machine) -> TokenStream {
    let methods = (0..machine.transitions.len()).map(|index| method(machine, index));
    let edges = machine.edges.iter().enumerate().map(|(index, edge)| self::edge(machine, index, edge));
    methods.chain(edges).collect()
}

fn method(machine: &Machine, index: usize) -> TokenStream {
    let transition = &machine.transitions[index];
    let (ident, camel) = (&transition.ident, &transition.camel);
    let span = ident.span();
    let (typed, module, parameter) = (&machine.names.machine, &machine.names.module, &machine.parameter);
    let marker = machine.transition_marker(index);
    let data = machine.payload(index);
    let (parameters, value) = (data.parameters(), data.value());
    let (payload, payload_type) = if machine.edges_of(index).any(|edge| edge.stays) && data.fields().is_empty() {
        (quote!(__tollgate::Stays), quote!(__tollgate::Stays))
    } else {
        let data = data.ty();
        (quote!(__tollgate::Moves(#value)), quote!(__tollgate::Moves<#data>))
    };
    let mark = |is_required| if is_required { quote!(__tollgate::Missing) } else { quote!(__tollgate::Optional) };
    let (actor, reason) = (mark(transition.actor), mark(transition.reason));
    let instead = format!("The transition `{}`.", ident.unraw());
    let doc = docs::with_own(&transition.doc, &instead, &docs::of_transition(machine, index));
    // The source link of the docs goes from the first token of the item to its last.
    let visible = at_span(machine.visible(0), span);
    let function = quote_spanned!(span => fn);
    // What is inside keeps the hygiene of `self`: the name may come from the caller of a macro.
    let mut body = Group::new(Delimiter::Brace, quote!(__tollgate::step(self.0, Self, #payload)));
    body.set_span(span);
    let bound = at_span(quote!(#module::edge::#camel<#parameter>), Span::call_site().located_at(span));
    quote! {
        impl<#parameter: __tollgate::State> #typed<#parameter>
        where
            Self: #bound,
        {
            #doc
            #[inline]
            #visible #function #ident(self #parameters) -> __tollgate::Step<#marker, Self, #payload_type, #actor, #reason> #body
        }
    }
}

fn edge(machine: &Machine, position: usize, edge: &Edge) -> TokenStream {
    let (marker, from, to) =
        (machine.transition_marker(edge.transition), machine.machine_in(edge.from), machine.machine_in(edge.to));
    let declaration = machine.declaration(edge);
    let position = number(position);
    let denied = quote!(::core::result::Result<(), __tollgate::Denied>);
    let check = (!declaration.guards.is_empty()).then(|| {
        let guards = declaration.guards.iter().map(|guard| {
            let name = path_text(guard);
            let span = Span::call_site().located_at(guard.span());
            quote_spanned!(span => __tollgate::Verdict::judge(#guard(self), #name)?;)
        });
        quote! {
            fn check(&self) -> #denied {
                #(#guards)*
                ::core::result::Result::Ok(())
            }
        }
    });
    let permit = declaration.permission.as_ref().map(|permission| {
        let name = path_text(permission);
        let span = Span::call_site().located_at(permission.span());
        let answer = quote_spanned!(span => __tollgate::Verdict::judge(#permission(self, __actor), #name));
        quote! {
            fn permit(&self, __actor: &__tollgate::Actor) -> #denied {
                #answer
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl __tollgate::Edge<#marker> for #from {
            type To = #to;
            type Seal = __Seal;
            const INDEX: __At<(Self, #marker)> = __at(#position);
            #check
            #permit
        }
    }
}
