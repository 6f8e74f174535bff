//! A transition as a value, which can be read from a request.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::{docs, json, number};
use crate::model::{Data, Machine, To};

pub(super) fn command(machine: &Machine) -> TokenStream {
    let krate = &machine.krate;
    let visible = machine.visible(0);
    let (ident, command) = (&machine.ident, &machine.names.transition);
    if machine.transitions.is_empty() {
        return nothing_to_command(machine);
    }
    let doc = docs::doc(&format!(
        "A transition of `{}` as a value. It reads from JSON as serde reads an enum, under the recorded names: \
         `\"archive\"`, `{{\"reject\": ..}}`.",
        ident.unraw()
    ));
    let variants = machine.transitions.iter().enumerate().map(|(index, transition)| {
        let doc = docs::with_own(
            &transition.doc,
            &format!("The transition `{}`.", transition.ident.unraw()),
            &docs::of_transition(machine, index),
        );
        let camel = &transition.camel;
        let fields = machine.payload(index).fields().iter().map(|field| {
            let (name, ty) = (&field.ident, &field.ty);
            let instead = format!("`{}` of the state that it leads to.", field.name);
            let doc = docs::doc(if field.doc.is_empty() { &instead } else { &field.doc });
            match machine.payload(index) {
                Data::Named(..) => quote!(#doc #name: #ty),
                _ => quote!(#doc #ty),
            }
        });
        match machine.payload(index) {
            Data::Unit => quote!(#doc #camel),
            Data::Tuple(_) => quote!(#doc #camel(#(#fields),*)),
            Data::Named(..) => quote!(#doc #camel { #(#fields),* }),
        }
    });
    let indices = machine.transitions.iter().enumerate().map(|(index, transition)| {
        let (camel, position) = (&transition.camel, number(index));
        quote!(#command::#camel { .. } => #position)
    });
    let targets = machine.transitions.iter().enumerate().map(|(index, _)| target(machine, index));
    let read = read(machine);
    quote! {
        #doc
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        #visible enum #command {
            #(#variants),*
        }

        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #krate::__private::Command for #command {
            type Machine = #ident;

            #[inline]
            fn index(&self) -> ::core::primitive::usize {
                match self {
                    #(#indices,)*
                }
            }

            #[inline]
            #[allow(unused_variables)]
            fn target(self, edge: ::core::primitive::usize) -> ::core::option::Option<#ident> {
                match self {
                    #(#targets,)*
                }
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #command {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #krate::__private::debug_command(self, formatter)
            }
        }

        #read
    }
}

/// A machine without transitions: its subjects are created and done.
fn nothing_to_command(machine: &Machine) -> TokenStream {
    let krate = &machine.krate;
    let visible = machine.visible(0);
    let (ident, command) = (&machine.ident, &machine.names.transition);
    quote! {
        #[doc = " The machine has no transitions."]
        #[derive(Debug)]
        #[allow(dead_code)]
        #visible enum #command {}

        #[automatically_derived]
        impl #krate::__private::Command for #command {
            type Machine = #ident;

            fn index(&self) -> ::core::primitive::usize {
                match *self {}
            }

            fn target(self, _: ::core::primitive::usize) -> ::core::option::Option<#ident> {
                match self {}
            }
        }
    }
}

/// Where the transition leads: one state with the fields of the variant, several without, or nowhere.
fn target(machine: &Machine, index: usize) -> TokenStream {
    let (ident, command) = (&machine.ident, &machine.names.transition);
    let camel = &machine.transitions[index].camel;
    let data = machine.payload(index);
    let fields = data.idents();
    let pattern = match data {
        Data::Unit => quote!(#command::#camel),
        Data::Tuple(_) => quote!(#command::#camel(#(#fields),*)),
        Data::Named(..) => quote!(#command::#camel { #(#fields),* }),
    };
    let reach = |to: usize| {
        let state = &machine.states[to];
        // Each target has fields of its own names in the same order: they are alike.
        let variant = &state.ident;
        let value = match &state.data {
            Data::Unit => quote!(#ident::#variant {}),
            Data::Tuple(_) => quote!(#ident::#variant(#(#fields),*)),
            Data::Named(..) => quote!(#ident::#variant { #(#fields),* }),
        };
        quote!(::core::option::Option::Some(#value))
    };
    let mut outcomes: Vec<(Vec<usize>, TokenStream)> = Vec::new();
    for (position, edge) in machine.edges_of(index) {
        let outcome = if edge.stays { quote!(::core::option::Option::None) } else { reach(edge.to) };
        match outcomes.iter_mut().find(|(_, known)| known.to_string() == outcome.to_string()) {
            Some((positions, _)) => positions.push(position),
            None => outcomes.push((vec![position], outcome)),
        }
    }
    let Some((_, last)) = outcomes.pop() else {
        return quote!(#pattern => ::core::option::Option::None);
    };
    if outcomes.is_empty() {
        return quote!(#pattern => #last);
    }
    let arms = outcomes.into_iter().map(|(positions, outcome)| {
        let positions = positions.into_iter().map(number);
        quote!(#(#positions)|* => #outcome)
    });
    quote!(#pattern => match edge { #(#arms,)* _ => #last })
}

/// `Deserialize`, where every type that a transition takes has it.
fn read(machine: &Machine) -> TokenStream {
    let krate = &machine.krate;
    let command = &machine.names.transition;
    let mut bounds: Vec<TokenStream> = Vec::new();
    for (index, transition) in machine.transitions.iter().enumerate() {
        let moves = transition.declarations.iter().any(|declaration| matches!(declaration.to, To::State(..)));
        for field in machine.payload(index).fields().iter().filter(|_| moves) {
            let ty = &field.ty;
            let bound = quote!(#ty: #krate::__private::serde::Deserialize<'de>);
            if !bounds.iter().any(|known| known.to_string() == bound.to_string()) {
                bounds.push(bound);
            }
        }
    }
    let bounds = quote!(#(#bounds),*);
    let arms = machine.transitions.iter().enumerate().map(|(index, transition)| {
        let (camel, position) = (&transition.camel, number(index));
        let data = machine.payload(index);
        let (bind, fields) = (json::bind(krate, data), data.idents());
        let value = match data {
            Data::Unit => quote!(#command::#camel),
            Data::Tuple(_) => quote!(#command::#camel(#(#fields),*)),
            Data::Named(..) => quote!(#command::#camel { #(#fields),* }),
        };
        quote! {
            #position => {
                #bind
                ::core::result::Result::Ok(#value)
            }
        }
    });
    let carrying = (0..machine.transitions.len()).filter(|index| !machine.payload(*index).fields().is_empty());
    let carrying: Vec<_> = carrying.map(number).collect();
    let carries_data =
        if carrying.is_empty() { quote!(false) } else { quote!(::core::matches!(index, #(#carrying)|*)) };
    quote! {
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic, unused_variables)]
        impl<'de> #krate::__private::json::Read<'de> for #command
        where
            #bounds
        {
            fn carries_data(index: ::core::primitive::usize) -> ::core::primitive::bool {
                #carries_data
            }

            fn read(
                index: ::core::primitive::usize,
                payload: #krate::__private::json::Payload,
            ) -> ::core::result::Result<Self, #krate::serde_json::Error> {
                match index {
                    #(#arms,)*
                    _ => ::core::result::Result::Err(#krate::__private::json::no_such_transition()),
                }
            }
        }

        #[automatically_derived]
        impl<'de> #krate::__private::serde::Deserialize<'de> for #command
        where
            #bounds
        {
            fn deserialize<D>(deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: #krate::__private::serde::Deserializer<'de>,
            {
                #krate::__private::json::read_command(deserializer)
            }
        }
    }
}
