//! The machine in a state that is known only at run time.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{chart, docs, json, number};
use crate::model::{Declaration, Machine};

pub(super) fn any_enum(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let any = &machine.names.any;
    let doc = docs::before_own(
        &machine.doc,
        &format!(
            "The subject of `{}`, in a state that is known only at run time.\n\nA row from a database \
             becomes this type. `match` returns the typed machine. It derefs to the subject.",
            machine.ident.unraw()
        ),
    );
    let variants = machine.states.iter().enumerate().map(|(index, state)| {
        let (variant, typed) = (&state.ident, machine.machine_in(index));
        let doc = docs::doc(&format!("In the state `{}`.", state.ident.unraw()));
        quote!(#doc #variant(#typed))
    });
    quote! {
        #doc
        #[allow(clippy::all, clippy::pedantic)]
        #visible enum #any {
            #(#variants),*
        }
    }
}

pub(super) fn impls(machine: &Machine) -> TokenStream {
    let mut output = any_machine(machine);
    output.extend(state_machine(machine));
    output.extend(methods(machine));
    output
}

fn any_machine(machine: &Machine) -> TokenStream {
    let (ident, any, typed) = (&machine.ident, &machine.names.any, &machine.names.machine);
    let (subject, target) = (machine.subject_type(), machine.subject_item("Target"));
    let variants: Vec<_> = machine.states.iter().map(|state| &state.ident).collect();
    let arms = machine.states.iter().enumerate().filter(|(_, state)| state.record.is_some()).map(|(index, state)| {
        let (variant, marker) = (&state.ident, machine.marker(index));
        quote!(#any::#variant(__machine) => <#marker as __tollgate::State>::recorded(__tollgate::Tracked::data(&__machine.0)))
    });
    let recorded = recorded(&arms.collect::<Vec<_>>());
    quote! {
        #[inline]
        fn __view<__S: __tollgate::State<Machine = #ident>>(__machine: &#typed<__S>) -> __tollgate::MachineView<'_, #ident> {
            __tollgate::Tracked::view(&__machine.0)
        }

        #[inline]
        fn __into_parts<__S: __tollgate::State<Machine = #ident>>(
            __machine: #typed<__S>,
        ) -> (#subject, #ident, ::core::primitive::u64) {
            __tollgate::Tracked::into_parts(__machine.0)
        }

        #[automatically_derived]
        impl __tollgate::AnyMachine for #any {
            type Machine = #ident;

            #[inline]
            fn __view(&self) -> __tollgate::MachineView<'_, #ident> {
                match self {
                    #(#any::#variants(__machine) => __view(__machine),)*
                }
            }

            #[inline]
            fn __into_parts(self) -> (#subject, #ident, ::core::primitive::u64) {
                match self {
                    #(#any::#variants(__machine) => __into_parts(__machine),)*
                }
            }

            #recorded
        }

        #[automatically_derived]
        impl ::core::ops::Deref for #any {
            #target

            #[inline]
            fn deref(&self) -> &#subject {
                __tollgate::MachineView::subject(&__tollgate::AnyMachine::__view(self))
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #any {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&__tollgate::AnyMachine::__view(self), __formatter)
            }
        }
    }
}

/// Returns the function that matches these arms, if there are any. The runtime's default records nothing.
fn recorded(arms: &[TokenStream]) -> Option<TokenStream> {
    let result = json::recorded_result();
    (!arms.is_empty()).then(|| {
        quote! {
            fn recorded(&self) -> #result {
                match self {
                    #(#arms,)*
                    _ => ::core::result::Result::Ok(::core::option::Option::None),
                }
            }
        }
    })
}

/// Implements the runtime's traits for the enum, which identifies the machine.
fn state_machine(machine: &Machine) -> TokenStream {
    let (ident, any, command, creation) =
        (&machine.ident, &machine.names.any, &machine.names.transition, &machine.names.creation);
    let (subject, subject_item) = (machine.subject_type(), machine.subject_item("Subject"));
    let name = &machine.name;
    let naming = if let Some(ty) = &machine.subject {
        let span = Span::call_site().located_at(ty.span());
        quote_spanned!(span => __tollgate::naming::<#ty>())
    } else {
        quote!(__tollgate::bare_naming(#name))
    };
    let placed = machine.states.iter().enumerate().map(|(index, state)| {
        let (name, marker) = (&state.ident, machine.marker(index));
        let (variant, data) = (state.variant(machine), state.data.value());
        quote!(#variant => #any::#name(__tollgate::IncomingSubject::into_state::<#marker>(__incoming, #data)))
    });
    let bare = machine.states.iter().enumerate().filter(|(_, state)| state.data.fields().is_empty());
    let bare: Vec<_> = bare
        .map(|(index, state)| {
            let (position, variant) = (number(index), state.variant(machine));
            quote!(#position => ::core::option::Option::Some(#variant))
        })
        .collect();
    let arms = machine.states.iter().filter(|state| state.record.is_some()).map(|state| {
        let (pattern, json) = (state.variant(machine), json::recorded(&state.data));
        quote!(#pattern => #json)
    });
    let recorded = recorded(&arms.collect::<Vec<_>>());
    let visible = machine.visible(0);
    let chart = chart::chart(machine);
    let (restore, check, permit) = (restore(machine), check(machine), permit(machine));
    quote! {
        #[automatically_derived]
        impl __tollgate::StateMachine for #ident {
            #subject_item
            type Any = #any;
            type Transition = #command;
            type Creation = #creation;
            type DeclarationToken = __DeclarationToken;

            const CHART: &'static __tollgate::Chart = #chart;
            const SUBJECT: __tollgate::Naming<#subject> = #naming;

            #[inline]
            fn enter(__incoming: __tollgate::IncomingSubject<Self>, __state: Self) -> #any {
                match __state {
                    #(#placed,)*
                }
            }

            #[inline]
            fn bare(__state: ::core::primitive::usize) -> ::core::option::Option<Self> {
                match __state {
                    #(#bare,)*
                    _ => ::core::option::Option::None,
                }
            }

            #restore
            #recorded
            #check
            #permit
        }

        impl #ident {
            #[doc = " The machine as data: states, transitions, edges, and its fingerprint."]
            #visible const CHART: &'static __tollgate::Chart = <Self as __tollgate::StateMachine>::CHART;
        }
    }
}

fn restore(machine: &Machine) -> Option<TokenStream> {
    let recorded = machine.states.iter().enumerate().filter(|(_, state)| state.record.is_some());
    let arms: Vec<_> = recorded
        .map(|(index, state)| {
            let (position, bind, value) =
                (number(index), json::bind(&state.data, json::Source::Record), state.variant(machine));
            quote! {
                #position => {
                    let __payload = __tollgate::json::StateJson::stored(__data)?;
                    #bind
                    ::core::result::Result::Ok(#value)
                }
            }
        })
        .collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn restore(
                __state: ::core::primitive::usize,
                __data: ::core::option::Option<&__tollgate::serde_json::Value>,
            ) -> ::core::result::Result<Self, __tollgate::RestoreError> {
                match __state {
                    #(#arms,)*
                    _ => ::core::result::Result::Err(__tollgate::RestoreError::NotRecorded),
                }
            }
        }
    })
}

fn check(machine: &Machine) -> Option<TokenStream> {
    let any = &machine.names.any;
    let guarded = edges_where(machine, |declaration| !declaration.guards.is_empty());
    let arms: Vec<_> = guarded
        .map(|(position, state, marker)| {
            quote!((#position, #any::#state(__machine)) => __tollgate::Guarded::<#marker>::check(__machine))
        })
        .collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn check(
                __machine: &#any,
                __edge: ::core::primitive::usize,
            ) -> ::core::result::Result<(), __tollgate::Denied> {
                match (__edge, __machine) {
                    #(#arms,)*
                    _ => ::core::result::Result::Ok(()),
                }
            }
        }
    })
}

fn permit(machine: &Machine) -> Option<TokenStream> {
    let any = &machine.names.any;
    let permitted = edges_where(machine, |declaration| declaration.permission.is_some());
    let arms: Vec<_> = permitted
        .map(|(position, state, marker)| {
            quote!((#position, #any::#state(__machine)) => __tollgate::Guarded::<#marker>::permit(__machine, __actor))
        })
        .collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn permit(
                __machine: &#any,
                __edge: ::core::primitive::usize,
                __actor: &__tollgate::Actor,
            ) -> ::core::result::Result<(), __tollgate::Denied> {
                match (__edge, __machine) {
                    #(#arms,)*
                    _ => ::core::result::Result::Ok(()),
                }
            }
        }
    })
}

/// Returns the position, source and transition of the edges with a wanted declaration.
fn edges_where(
    machine: &Machine,
    is_wanted: impl Fn(&Declaration) -> bool,
) -> impl Iterator<Item = (Literal, &Ident, TokenStream)> {
    let edges = machine.edges.iter().enumerate().filter(move |(_, edge)| is_wanted(machine.declaration(edge)));
    edges.map(|(index, edge)| {
        (number(index), &machine.states[edge.from].ident, machine.transition_marker(edge.transition))
    })
}

/// Returns the methods of the machine in any state. They call the runtime.
fn methods(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let (ident, any, command) = (&machine.ident, &machine.names.any, &machine.names.transition);
    let subject_type = machine.subject_type();
    let (subject_parameter, subject) = machine.subject_parameter(&format_ident!("subject"));
    let edges = quote!(::std::vec::Vec<&'static __tollgate::chart::Edge>);
    quote! {
        impl #any {
            #[doc = "Restores a subject in its stored state, at the version of its last record. **This is a trust boundary:** the values are not checked."]
            #[inline]
            #visible fn resume(subject: #subject_parameter, state: #ident, version: ::core::primitive::u64) -> Self {
                __tollgate::resume::<#ident>(#subject, state, version)
            }

            #[doc = "Restores a subject as [`resume`](Self::resume) does, in the state of this recorded name and with its recorded data.\n\n# Errors\n\nReturns an error if no state has or had this name, or if the data does not fit the state."]
            #visible fn resume_named(
                subject: #subject_parameter,
                state: &::core::primitive::str,
                data: ::core::option::Option<&__tollgate::serde_json::Value>,
                version: ::core::primitive::u64,
            ) -> ::core::result::Result<Self, __tollgate::NotAState> {
                __tollgate::resume_named::<#ident>(#subject, state, data, version)
            }

            #[doc = "Restores a subject from its records, which must follow the chart. Skips refusals, events, and the records of other machines and other ids. If a reader yields results, collect them first: `let records = reader.collect::<Result<Vec<_>, _>>()?`.\n\n# Errors\n\nReturns an error if no record is about the subject, or if one of its records does not fit. The error then has the position of that record, and the reason. A record with this machine and id but another kind of subject does not fit."]
            #visible fn replay(
                subject: #subject_parameter,
                records: impl ::core::iter::IntoIterator<Item: ::core::borrow::Borrow<__tollgate::Record>>,
            ) -> ::core::result::Result<Self, __tollgate::ReplayError> {
                __tollgate::replay::<#ident, _>(#subject, records)
            }

            #[doc = "Sets the time of the subject's last record, so that the next record is not earlier. `resume` does not know this time."]
            #visible fn last_recorded_at(self, at: __tollgate::chrono::DateTime<__tollgate::chrono::Utc>) -> Self {
                __tollgate::last_recorded_at::<#ident>(self, at)
            }

            #[doc = "Returns the step of this transition. Its requirements are checked when the step is committed.\n\n# Errors\n\nReturns an error if the transition does not leave the state. The error lists the transitions that do, and contains the machine and the transition."]
            #[inline]
            #visible fn fire(
                self,
                transition: #command,
            ) -> ::core::result::Result<__tollgate::AnyStep<#ident>, __tollgate::NotAllowed<#ident>> {
                __tollgate::fire::<#ident>(self, transition)
            }

            #[doc = "Returns the edges that leave the state, without a call of their guards."]
            #visible fn allowed(&self) -> #edges {
                __tollgate::allowed::<#ident>(self)
            }

            #[doc = "Returns the edges that leave the state and whose guards pass, such as the buttons of a page."]
            #visible fn available(&self) -> #edges {
                __tollgate::available::<#ident>(self)
            }

            #[doc = "Returns the available edges for which this actor has permission."]
            #visible fn available_to(&self, actor: &__tollgate::Actor) -> #edges {
                __tollgate::available_to::<#ident>(self, actor)
            }

            #[doc = "Returns the description of the state in the chart."]
            #visible fn state(&self) -> &'static __tollgate::chart::State {
                __tollgate::MachineView::state(&__tollgate::AnyMachine::__view(self))
            }

            #[doc = "Returns the version of the subject's last record."]
            #visible fn version(&self) -> ::core::primitive::u64 {
                __tollgate::MachineView::version(&__tollgate::AnyMachine::__view(self))
            }

            #[doc = "Returns the subject, the state with its data, and the version, for example to store them."]
            #visible fn into_parts(self) -> (#subject_type, #ident, ::core::primitive::u64) {
                __tollgate::AnyMachine::__into_parts(self)
            }
        }
    }
}
