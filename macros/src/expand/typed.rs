//! The typed machine: what it has in every state, and its creation.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::docs;
use crate::model::Machine;

pub(super) fn typed(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let (ident, typed, any, parameter) =
        (&machine.ident, &machine.names.machine, &machine.names.any, &machine.parameter);
    let subject = machine.subject_type();
    let creations = machine.states.iter().enumerate().filter(|(_, state)| state.initial);
    let creations = creations.map(|(index, _)| create(machine, index));
    let in_any_state = quote!(<#parameter: __tollgate::State<Machine = #ident>>);
    quote! {
        #[automatically_derived]
        impl<#parameter: __tollgate::State<Machine = #ident, Typed = Self>> __tollgate::Typed for #typed<#parameter> {
            type State = #parameter;

            #[inline]
            fn wrap(tracked: __tollgate::Tracked<#parameter>) -> Self {
                Self(tracked)
            }

            #[inline]
            fn look(&self) -> &__tollgate::Tracked<#parameter> {
                &self.0
            }

            #[inline]
            fn open(self, _: __tollgate::Key<#parameter>) -> __tollgate::Tracked<#parameter> {
                self.0
            }
        }

        #[automatically_derived]
        impl #in_any_state ::core::ops::Deref for #typed<#parameter> {
            type Target = #subject;

            #[inline]
            fn deref(&self) -> &#subject {
                self.0.subject()
            }
        }

        #[automatically_derived]
        impl #in_any_state ::core::fmt::Debug for #typed<#parameter> {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, formatter)
            }
        }

        #[automatically_derived]
        impl #in_any_state ::core::convert::From<#typed<#parameter>> for #any {
            #[inline]
            fn from(machine: #typed<#parameter>) -> Self {
                machine.0.into_any()
            }
        }

        impl #in_any_state #typed<#parameter> {
            #[doc = " What is known in this state alone: `()`, the one field, a tuple, or a struct of the named fields."]
            #[inline]
            #visible fn data(&self) -> &<#parameter as __tollgate::State>::Data {
                self.0.data()
            }

            #[doc = " The version of the subject's last record: 1 after the creation."]
            #[inline]
            #visible fn version(&self) -> ::core::primitive::u64 {
                self.0.version()
            }

            #[doc = " The subject, the state with its data, and the version: what is to be stored."]
            #[inline]
            #visible fn into_parts(self) -> (#subject, #ident, ::core::primitive::u64) {
                self.0.into_parts()
            }
        }

        #(#creations)*
    }
}

fn create(machine: &Machine, index: usize) -> TokenStream {
    let visible = machine.visible(0);
    let state = &machine.states[index];
    let (typed, marker) = (machine.machine_in(index), machine.marker(index));
    let (subject_type, subject) = machine.subject_parameter();
    let (parameters, data, payload) = (state.data.parameters(), state.data.ty(), state.data.value());
    let doc = docs::doc(&format!(
        "Creates a subject in the state `{}`: a step like any other, recorded as `create` with version 1.",
        state.ident.unraw()
    ));
    quote! {
        #[automatically_derived]
        impl __tollgate::Initial for #marker {}

        impl #typed {
            #doc
            #[inline]
            #visible fn create(
                subject: #subject_type #parameters
            ) -> __tollgate::Step<__tollgate::Created<#marker>, __tollgate::New<#marker>, __tollgate::Moves<#data>> {
                __tollgate::create::<#marker>(#subject, #payload)
            }
        }
    }
}
