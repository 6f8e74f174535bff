//! A transition: its method, and the checks of its edges.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{at_span, docs, number};
use crate::model::{CommonTarget, Data, Edge, Machine, Transition, path_text};

pub(super) fn transitions(machine: &Machine) -> TokenStream {
    let steps = steps(machine);
    let methods = (0..machine.transitions.len()).map(|index| method(machine, index));
    let edges = machine.edges.iter().filter(|edge| machine.is_guarded(edge.transition));
    let guards = edges.map(|edge| guarded(machine, edge));
    quote!(#steps #(#methods)* #(#guards)*)
}

/// Returns the function that the methods call. It destructures the machine once, and rustc infers less for each method.
fn steps(machine: &Machine) -> TokenStream {
    let typed = &machine.names.machine;
    quote! {
        #[inline]
        fn __step<__S: __tollgate::State, __To>(__machine: #typed<__S>) -> __tollgate::Step<__To, #typed<__S>> {
            __step_with(__machine, __tollgate::NewState(()))
        }

        #[inline]
        fn __step_with<__S: __tollgate::State, __To, __P, __A, __R>(
            __machine: #typed<__S>,
            __payload: __P,
        ) -> __tollgate::Step<__To, #typed<__S>, __P, __A, __R> {
            __tollgate::step(__machine.0, #typed, __payload)
        }
    }
}

/// Mentions each method. A method has the span of its transition, so without the mention rustc would report an uncalled
/// method as the user's dead code.
pub(super) fn mentions(machine: &Machine) -> TokenStream {
    let mentions = machine.transitions.iter().enumerate().filter_map(|(index, transition)| {
        let (edge, ident) = (machine.edges.of(index).next()?, &transition.ident);
        let (typed, marker) = (&machine.names.machine, machine.marker(edge.from));
        Some(quote!(let _ = #typed::<#marker>::#ident;))
    });
    mentions.collect()
}

/// Returns the method, in a separate block whose bound is the marker trait of the transition.
fn method(machine: &Machine, index: usize) -> TokenStream {
    let transition = &machine.transitions[index];
    let (typed, parameter, ident) = (&machine.names.machine, &machine.parameter, &transition.ident);
    let data = machine.payload(index);
    let stays = machine.edges.of(index).any(|edge| edge.stays) && data.fields().is_empty();
    let requires = transition.actor || transition.reason;
    let (step, payload_type) = if stays {
        (quote!(__step_with(self, __tollgate::SameState)), quote!(, __tollgate::SameState))
    } else if matches!(data, Data::Unit) && !requires {
        // Its payload is the default of the step's parameter.
        (quote!(__step(self)), TokenStream::new())
    } else {
        let (value, data) = (data.value(), data.ty());
        (quote!(__step_with(self, __tollgate::NewState(#value))), quote!(, __tollgate::NewState<#data>))
    };
    let (parameters, along, requirements) = (data.parameters(), along(machine, index), requirements(transition));
    let doc = docs::transition(machine, index);
    let bound = bound(machine, index);
    // The source link of the docs goes from the first token of the item to its last.
    let span = ident.span();
    let visible = at_span(machine.visible(0), span);
    let function = Ident::new("fn", span);
    // The body keeps the hygiene of `self`: the name may come from the caller of a macro.
    let mut body = Group::new(Delimiter::Brace, step);
    body.set_span(span);
    quote! {
        impl<#parameter: __tollgate::State> #typed<#parameter>
        where
            Self: #bound,
        {
            #[doc = #doc]
            #visible #function #ident(self #parameters)
                -> __tollgate::Step<__tollgate::AlongEdge<#along>, Self #payload_type #requirements> #body
        }
    }
}

/// `report_state::edge::Submit<S>`. Rustc points at it if this bound is not met, so its first and last tokens have the span
/// of the transition's name.
fn bound(machine: &Machine, index: usize) -> TokenStream {
    let transition = &machine.transitions[index];
    let (camel, parameter) = (&transition.camel, &machine.parameter);
    let introduced = Span::call_site().located_at(transition.ident.span());
    let mut module = machine.names.module.clone();
    module.set_span(introduced);
    let end = quote_spanned!(introduced => >);
    quote!(#module::edge::#camel<#parameter #end)
}

/// Returns the type parameters of the step: the target, the transition, and the type of its guards.
fn along(machine: &Machine, index: usize) -> TokenStream {
    let (to, position) = (target(machine, index), number(index));
    let guards = machine.is_guarded(index).then(|| machine.transition_marker(index)).into_iter();
    quote!(#to, #position #(, #guards)*)
}

/// Returns the types of the step's requirements, or `None` if nothing is required, which is the default of these parameters.
fn requirements(transition: &Transition) -> Option<TokenStream> {
    let mark = |is_required| if is_required { quote!(__tollgate::NotGiven) } else { quote!(__tollgate::NotRequired) };
    let [actor, reason] = [transition.actor, transition.reason].map(mark);
    (transition.actor || transition.reason).then(|| quote!(, #actor, #reason))
}

/// Returns the target of a transition. If it differs between the edges, it is an associated type of the marker trait.
fn target(machine: &Machine, index: usize) -> TokenStream {
    match machine.target(index) {
        Some(CommonTarget::Same) => machine.parameter.to_token_stream(),
        Some(CommonTarget::State(state)) => machine.marker(state),
        None => {
            let (module, camel, parameter) =
                (&machine.names.module, &machine.transitions[index].camel, &machine.parameter);
            quote!(<Self as #module::edge::#camel<#parameter>>::To)
        }
    }
}

/// Returns the guards and the permission of an edge.
fn guarded(machine: &Machine, edge: &Edge) -> TokenStream {
    let (marker, from) = (machine.transition_marker(edge.transition), machine.machine_in(edge.from));
    let declaration = machine.declaration(edge);
    let denied = quote!(::core::result::Result<(), __tollgate::Denied>);
    let check = (!declaration.guards.is_empty()).then(|| {
        let guards = declaration.guards.iter().map(|guard| {
            let name = path_text(guard);
            let span = Span::call_site().located_at(guard.span());
            quote_spanned!(span => __tollgate::GuardAnswer::into_result(#guard(self), #name)?;)
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
        let answer = quote_spanned!(span => __tollgate::GuardAnswer::into_result(#permission(self, __actor), #name));
        quote! {
            fn permit(&self, __actor: &__tollgate::Actor) -> #denied {
                #answer
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl __tollgate::Guarded<#marker> for #from {
            #check
            #permit
        }
    }
}
