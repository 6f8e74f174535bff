//! The machine in a state that is known only at run time.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::{docs, json, number};
use crate::model::Machine;

pub(super) fn any(machine: &Machine) -> TokenStream {
    let mut output = any_enum(machine);
    output.extend(state_machine(machine));
    output.extend(methods(machine));
    output
}

fn any_enum(machine: &Machine) -> TokenStream {
    let krate = &machine.krate;
    let visible = machine.visible(0);
    let (ident, any) = (&machine.ident, &machine.names.any);
    let subject = machine.subject_type();
    let doc = docs::with_own(
        &machine.doc,
        &format!("The machine of `{}`.", ident.unraw()),
        "In a state that is known only at run time: what a row from a database becomes. `match` gives the typed \
         machine back. It derefs to the subject.",
    );
    let states: Vec<_> = machine.states.iter().map(|state| &state.ident).collect();
    let variants = machine.states.iter().enumerate().map(|(index, state)| {
        let (variant, typed) = (&state.ident, machine.machine_in(index));
        let doc = docs::doc(&format!("In the state `{}`.", variant.unraw()));
        quote!(#doc #variant(#typed))
    });
    let recorded = machine.states.iter().enumerate().filter(|(_, state)| state.record.is_some());
    let recorded: Vec<_> = recorded
        .map(|(index, state)| {
            let (variant, marker) = (&state.ident, machine.marker(index));
            quote!(#any::#variant(machine) => <#marker as #krate::State>::recorded(machine.0.data()))
        })
        .collect();
    let recorded = (!recorded.is_empty()).then(|| {
        let result = recorded_result(krate);
        quote! {
            fn recorded(&self) -> #result {
                #[allow(unreachable_patterns)]
                match self {
                    #(#recorded,)*
                    _ => ::core::result::Result::Ok(::core::option::Option::None),
                }
            }
        }
    });
    quote! {
        #doc
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        #[must_use = "a machine that is dropped cannot go on; `into_parts` gives what is to be stored"]
        #visible enum #any {
            #(#variants),*
        }

        #[automatically_derived]
        impl #krate::__private::AnyMachine for #any {
            type Machine = #ident;

            #[inline]
            fn look(&self) -> #krate::__private::Look<'_, #ident> {
                match self {
                    #(#any::#states(machine) => machine.0.look(),)*
                }
            }

            #[inline]
            fn into_parts(self) -> (#subject, #ident, ::core::primitive::u64) {
                match self {
                    #(#any::#states(machine) => machine.0.into_parts(),)*
                }
            }

            #recorded
        }

        #[automatically_derived]
        impl ::core::ops::Deref for #any {
            type Target = #subject;

            #[inline]
            fn deref(&self) -> &#subject {
                #krate::__private::AnyMachine::look(self).subject()
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #any {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&#krate::__private::AnyMachine::look(self), formatter)
            }
        }
    }
}

fn recorded_result(krate: &TokenStream) -> TokenStream {
    quote!(::core::result::Result<::core::option::Option<#krate::serde_json::Value>, #krate::serde_json::Error>)
}

/// The enum as the machine's name: what the runtime asks of it.
fn state_machine(machine: &Machine) -> TokenStream {
    let krate = &machine.krate;
    let (ident, any, command) = (&machine.ident, &machine.names.any, &machine.names.transition);
    let subject = machine.subject_type();
    let path = quote!(#ident);
    let subject_ref = match &machine.subject {
        Some(subject) => quote!(#krate::__private::subject_ref::<#subject>(subject)),
        None => quote!(#krate::__private::bare_ref(Self::CHART.machine, subject)),
    };
    let placed = machine.states.iter().enumerate().map(|(index, state)| {
        let (variant, pattern, marker, data) =
            (&state.ident, state.variant(&path), machine.marker(index), state.data.value());
        quote!(#pattern => #any::#variant(entry.into_state::<#marker>(#data)))
    });
    let indices = machine.states.iter().enumerate().map(|(index, state)| {
        let (variant, position) = (&state.ident, number(index));
        quote!(#ident::#variant { .. } => #position)
    });
    let restored = machine.states.iter().enumerate().filter_map(|(index, state)| {
        let position = number(index);
        let value = state.variant(&path);
        if state.data.fields().is_empty() {
            return Some(quote!(#position => ::core::result::Result::Ok(#value)));
        }
        state.record?;
        let bind = json::bind(krate, &state.data);
        Some(quote! {
            #position => {
                let payload = #krate::__private::json::Payload::stored(data)?;
                #bind
                ::core::result::Result::Ok(#value)
            }
        })
    });
    let recorded: Vec<_> = machine
        .states
        .iter()
        .filter(|state| state.record.is_some())
        .map(|state| {
            let (pattern, json) = (state.variant(&path), json::recorded(krate, &state.data));
            quote!(#pattern => #json)
        })
        .collect();
    let recorded = (!recorded.is_empty()).then(|| {
        let result = recorded_result(krate);
        quote! {
            fn recorded(&self) -> #result {
                #[allow(unreachable_patterns)]
                match self {
                    #(#recorded,)*
                    _ => ::core::result::Result::Ok(::core::option::Option::None),
                }
            }
        }
    });
    let (check, permit) = (check(machine), permit(machine));
    quote! {
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #krate::StateMachine for #ident {
            type Subject = #subject;
            type Any = #any;
            type Transition = #command;

            const CHART: &'static #krate::Chart = #ident::CHART;

            #[inline]
            fn subject_ref(subject: &#subject) -> #krate::SubjectRef {
                #subject_ref
            }

            #[inline]
            fn place(entry: #krate::__private::Entry<Self>, state: Self) -> #any {
                match state {
                    #(#placed,)*
                }
            }

            #[inline]
            fn index(&self) -> ::core::primitive::usize {
                match self {
                    #(#indices,)*
                }
            }

            fn restore(
                state: ::core::primitive::usize,
                data: ::core::option::Option<&#krate::serde_json::Value>,
            ) -> ::core::result::Result<Self, #krate::__private::Unrestored> {
                match state {
                    #(#restored,)*
                    _ => ::core::result::Result::Err(#krate::__private::Unrestored::NotRecorded),
                }
            }

            #recorded
            #check
            #permit
        }
    }
}

fn check(machine: &Machine) -> Option<TokenStream> {
    let (krate, any) = (&machine.krate, &machine.names.any);
    let guarded = machine.edges.iter().enumerate().filter(|(_, edge)| !machine.declaration(edge).guards.is_empty());
    let arms: Vec<_> = guarded
        .map(|(index, edge)| {
            let (position, state, marker) =
                (number(index), &machine.states[edge.from].ident, machine.transition_marker(edge.transition));
            quote!((#position, #any::#state(machine)) => #krate::__private::Edge::<#marker>::check(machine))
        })
        .collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn check(machine: &#any, edge: ::core::primitive::usize) -> ::core::result::Result<(), #krate::__private::Denied> {
                match (edge, machine) {
                    #(#arms,)*
                    _ => ::core::result::Result::Ok(()),
                }
            }
        }
    })
}

fn permit(machine: &Machine) -> Option<TokenStream> {
    let (krate, any) = (&machine.krate, &machine.names.any);
    let permitted = machine.edges.iter().enumerate().filter(|(_, edge)| machine.declaration(edge).permission.is_some());
    let arms: Vec<_> = permitted
        .map(|(index, edge)| {
            let (position, state, marker) =
                (number(index), &machine.states[edge.from].ident, machine.transition_marker(edge.transition));
            quote!((#position, #any::#state(machine)) => #krate::__private::Edge::<#marker>::permit(machine, actor))
        })
        .collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn permit(
                machine: &#any,
                edge: ::core::primitive::usize,
                actor: &#krate::Actor,
            ) -> ::core::result::Result<(), #krate::__private::Denied> {
                match (edge, machine) {
                    #(#arms,)*
                    _ => ::core::result::Result::Ok(()),
                }
            }
        }
    })
}

/// The methods of the run-time layer, which live in the runtime.
fn methods(machine: &Machine) -> TokenStream {
    let krate = &machine.krate;
    let visible = machine.visible(0);
    let (ident, any, command) = (&machine.ident, &machine.names.any, &machine.names.transition);
    let subject_type = machine.subject_type();
    let (subject_parameter, subject) = machine.subject_parameter();
    let private = quote!(#krate::__private);
    let edges = quote!(::std::vec::Vec<&'static #krate::chart::Edge>);
    quote! {
        #[automatically_derived]
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        impl #any {
            #[doc = " Brings a subject back into the state that was stored, at the version of its last record: a trust boundary."]
            #[inline]
            #visible fn resume(subject: #subject_parameter, state: #ident, version: ::core::primitive::u64) -> Self {
                #private::resume::<#ident>(#subject, state, version)
            }

            #[doc = " [`resume`](Self::resume) into the state of this recorded name, with the data that was recorded with it."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " Where no state has or had this name, or the data is not that of the state."]
            #visible fn resume_named(
                subject: #subject_parameter,
                state: &::core::primitive::str,
                data: ::core::option::Option<&#krate::serde_json::Value>,
                version: ::core::primitive::u64,
            ) -> ::core::result::Result<Self, #krate::NotAState> {
                #private::resume_named::<#ident>(#subject, state, data, version)
            }

            #[doc = " Brings a subject back by walking its records along the chart. Refusals and events are passed over."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " At the first record that does not fit: its position, and why."]
            #visible fn replay<I>(subject: #subject_parameter, records: I) -> ::core::result::Result<Self, #krate::ReplayError>
            where
                I: ::core::iter::IntoIterator,
                I::Item: ::core::borrow::Borrow<#krate::Record>,
            {
                #private::replay::<#ident, I>(#subject, records)
            }

            #[doc = " Says when the subject's last record was made, so that the next is not before it: what `resume` does not know."]
            #visible fn last_recorded_at(self, at: #krate::chrono::DateTime<#krate::chrono::Utc>) -> Self {
                #private::last_recorded_at::<#ident>(self, at)
            }

            #[doc = " The step of this transition. What the transition requires is checked when the step is committed."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = ""]
            #[doc = " Where the transition does not leave the state: what would, and machine and transition as they were."]
            #[inline]
            #visible fn fire(
                self,
                transition: #command,
            ) -> ::core::result::Result<#krate::AnyStep<#ident>, #krate::NotAllowed<#ident>> {
                #private::fire::<#ident>(self, transition)
            }

            #[doc = " The edges that leave the state, by the chart alone."]
            #visible fn allowed(&self) -> #edges {
                #private::allowed::<#ident>(self)
            }

            #[doc = " The edges that leave the state and whose guards hold: what a page shows as buttons."]
            #visible fn available(&self) -> #edges {
                #private::available::<#ident>(self)
            }

            #[doc = " The edges that are available, and for which this actor has permission."]
            #visible fn available_to(&self, actor: &#krate::Actor) -> #edges {
                #private::available_to::<#ident>(self, actor)
            }

            #[doc = " The state, as the chart has it."]
            #visible fn state(&self) -> &'static #krate::chart::State {
                #krate::__private::AnyMachine::look(self).state()
            }

            #[doc = " The version of the subject's last record."]
            #visible fn version(&self) -> ::core::primitive::u64 {
                #krate::__private::AnyMachine::look(self).version()
            }

            #[doc = " The subject, the state with its data, and the version: what is to be stored."]
            #visible fn into_parts(self) -> (#subject_type, #ident, ::core::primitive::u64) {
                #krate::__private::AnyMachine::into_parts(self)
            }
        }
    }
}
