//! The typed machine: what it has in every state, and its creation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;
use syn::ext::IdentExt;

use super::docs;
use crate::model::{Creation, Machine, State};

pub(super) fn typed(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let (ident, typed, any, parameter) =
        (&machine.ident, &machine.names.machine, &machine.names.any, &machine.parameter);
    let (subject, target) = (machine.subject_type(), machine.subject_item("Target"));
    let creations = machine.creations().into_iter().map(|creation| create(machine, &creation)).collect::<Vec<_>>();
    let in_any_state = quote!(<#parameter: __tollgate::State<Machine = #ident>>);
    quote! {
        #[automatically_derived]
        impl<#parameter: __tollgate::State<Machine = #ident, Typed = Self>> __tollgate::Typed for #typed<#parameter> {
            type State = #parameter;

            #[inline]
            fn __wrap(__tracked: __tollgate::Tracked<#parameter>) -> Self {
                Self(__tracked)
            }

            #[inline]
            fn __view(&self) -> &__tollgate::Tracked<#parameter> {
                &self.0
            }

            #[inline]
            fn __take_tracked(self, _: __tollgate::TrackedKey<#parameter>) -> __tollgate::Tracked<#parameter> {
                self.0
            }
        }

        #[automatically_derived]
        impl #in_any_state ::core::ops::Deref for #typed<#parameter> {
            #target

            #[inline]
            fn deref(&self) -> &#subject {
                __tollgate::Tracked::subject(&self.0)
            }
        }

        #[automatically_derived]
        impl #in_any_state ::core::fmt::Debug for #typed<#parameter> {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, __formatter)
            }
        }

        #[automatically_derived]
        impl #in_any_state ::core::convert::From<#typed<#parameter>> for #any {
            #[inline]
            fn from(__machine: #typed<#parameter>) -> Self {
                __tollgate::Tracked::into_any(__machine.0)
            }
        }

        impl #in_any_state #typed<#parameter> {
            #[doc = " Returns the fields of this state: `()`, the one field, a tuple, or a struct of the named fields."]
            #[inline]
            #visible fn data(&self) -> &<#parameter as __tollgate::State>::Data {
                __tollgate::Tracked::data(&self.0)
            }

            #[doc = " Returns the version of the subject's last record, which is 1 after the creation."]
            #[inline]
            #visible fn version(&self) -> ::core::primitive::u64 {
                __tollgate::Tracked::version(&self.0)
            }

            #[doc = " Returns the subject, the state with its data, and the version, for example to store them."]
            #[inline]
            #visible fn into_parts(self) -> (#subject, #ident, ::core::primitive::u64) {
                __tollgate::Tracked::into_parts(self.0)
            }
        }

        #(#creations)*
    }
}

fn create(machine: &Machine, creation: &Creation<'_>) -> TokenStream {
    let visible = machine.visible(0);
    let (ident, &Creation { index, state, ref method }) = (&machine.ident, creation);
    let (typed, marker) = (machine.machine_in(index), machine.marker(index));
    let parameter = subject_name(state);
    let (subject_type, subject) = machine.subject_parameter(&parameter);
    let (parameters, data, payload) = (state.data.parameters(), state.data.ty(), state.data.value());
    let doc = docs::doc(&format!(
        "Returns a step that creates a subject in the state `{}`. It is recorded as `create` with version 1.",
        state.ident.unraw()
    ));
    quote! {
        #[automatically_derived]
        impl __tollgate::Initial for #marker {}

        impl #typed {
            #doc
            #[inline]
            #visible fn #method(
                #parameter: #subject_type #parameters
            ) -> __tollgate::Step<__tollgate::CreatedIn<#marker>, __tollgate::NewSubject<#ident>, __tollgate::NewState<#data>> {
                __tollgate::create::<#marker>(#subject, #payload)
            }
        }
    }
}

/// Returns the name of the parameter for the subject, which must differ from the state's fields.
fn subject_name(state: &State) -> Ident {
    let is_taken = state.data.fields().iter().any(|field| field.ident.unraw() == "subject");
    format_ident!("{}", if is_taken { "the_subject" } else { "subject" })
}
