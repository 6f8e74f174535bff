//! A transition: its method, and its edges.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::{at_span, docs, number};
use crate::model::{Edge, Machine, path_text};

pub(super) fn transition(machine: &Machine, index: usize) -> TokenStream {
    let krate = &machine.krate;
    let transition = &machine.transitions[index];
    let (marker, position) = (machine.transition_marker(index), number(index));
    let payload = machine.payload(index).ty();
    let method = method(machine, index);
    let edges = machine.edges_of(index).map(|(position, edge)| self::edge(machine, position, edge));
    quote_spanned! { transition.ident.span() =>
        #[automatically_derived]
        impl #krate::__private::Transition for #marker {
            type Payload = #payload;
            const INDEX: ::core::primitive::usize = #position;
        }

        #method
        #(#edges)*
    }
}

fn method(machine: &Machine, index: usize) -> TokenStream {
    let krate = &machine.krate;
    let transition = &machine.transitions[index];
    let (ident, camel) = (&transition.ident, &transition.camel);
    let span = ident.span();
    let (enum_ident, typed, module, parameter) =
        (&machine.ident, &machine.names.machine, &machine.names.module, &machine.parameter);
    let marker = machine.transition_marker(index);
    let data = machine.payload(index);
    let (parameters, payload) = (data.parameters(), data.value());
    let mark = |is_required| if is_required { quote!(#krate::Missing) } else { quote!(#krate::Optional) };
    let (actor, reason) = (mark(transition.actor), mark(transition.reason));
    let instead = format!("The transition `{}`.", ident.unraw());
    let doc = docs::with_own(&transition.doc, &instead, &docs::of_transition(machine, index));
    // The source link of the docs goes from the first token of the item to its last.
    let visible = at_span(machine.visible(0), span);
    let function = quote_spanned!(span => fn);
    let body = quote_spanned!(span => { #krate::__private::step(self.0, #payload) });
    let bound = quote_spanned!(span => #module::edge::#camel<#parameter>);
    quote! {
        #[automatically_derived]
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        impl<#parameter: #krate::State<Machine = #enum_ident>> #typed<#parameter>
        where
            Self: #bound,
        {
            #doc
            #[inline]
            #visible #function #ident(self #parameters) -> #krate::Step<#marker, Self, #actor, #reason> #body
        }
    }
}

fn edge(machine: &Machine, position: usize, edge: &Edge) -> TokenStream {
    let krate = &machine.krate;
    let (marker, from, to) =
        (machine.transition_marker(edge.transition), machine.machine_in(edge.from), machine.machine_in(edge.to));
    let manner = if edge.stays { quote!(Stays) } else { quote!(Moves) };
    let declaration = machine.declaration(edge);
    let position = number(position);
    let denied = quote!(::core::result::Result<(), #krate::__private::Denied>);
    let check = (!declaration.guards.is_empty()).then(|| {
        let guards = declaration.guards.iter().map(|guard| {
            let name = path_text(guard);
            quote!(#krate::Verdict::judge(#guard(self), #name)?;)
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
        quote! {
            fn permit(&self, actor: &#krate::Actor) -> #denied {
                #krate::Verdict::judge(#permission(self, actor), #name)
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #krate::__private::Edge<#marker> for #from {
            type To = #to;
            type Manner = #krate::__private::#manner;
            const INDEX: ::core::primitive::usize = #position;
            #check
            #permit
        }
    }
}
