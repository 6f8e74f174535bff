//! A transition: its method, and what its edges ask.

use proc_macro2::{Delimiter, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{at_span, docs, number, tokens};
use crate::model::{Data, Edge, Machine, Reached, path_text};

pub(super) fn transitions(machine: &Machine) -> TokenStream {
    let (typed, parameter) = (&machine.names.machine, &machine.parameter);
    let begin = begin(machine);
    let methods =
        tokens::gathered(|list| (0..machine.transitions.len()).for_each(|index| method(machine, index, list)));
    let edges = machine.edges.iter().filter(|edge| machine.is_guarded(edge.transition));
    let guards = edges.map(|edge| guarded(machine, edge));
    quote! {
        #begin
        __tollgate::methods! { #typed<#parameter> #methods }
        #(#guards)*
    }
}

/// What all methods call: a method of the machine would be looked for among all of them, each time.
fn begin(machine: &Machine) -> TokenStream {
    let typed = &machine.names.machine;
    quote! {
        // With as few parameters as there can be: each call makes up its mind about all of them.
        #[inline]
        fn __begin<__S: __tollgate::State, __T>(__machine: #typed<__S>) -> __tollgate::Step<__T, #typed<__S>> {
            __begin_with(__machine, __tollgate::Moves(()))
        }

        #[inline]
        fn __begin_with<__S: __tollgate::State, __T, __P, __A, __R>(
            __machine: #typed<__S>,
            __payload: __P,
        ) -> __tollgate::Step<__T, #typed<__S>, __P, __A, __R> {
            __tollgate::step(__machine.0, #typed, __payload)
        }
    }
}

/// The method, as an entry of the list of all.
fn method(machine: &Machine, index: usize, list: &mut Vec<TokenTree>) {
    let transition = &machine.transitions[index];
    let ident = &transition.ident;
    let span = ident.span();
    let data = machine.payload(index);
    let asks_for_more = transition.actor || transition.reason;
    let (begun, payload) = if machine.edges.of(index).any(|edge| edge.stays) && data.fields().is_empty() {
        (quote!(__begin_with(self, __tollgate::Stays)), Some(quote!(__tollgate::Stays)))
    } else if matches!(data, Data::Unit) && !asks_for_more {
        (quote!(__begin(self)), None)
    } else {
        let (value, data) = (data.value(), data.ty());
        (quote!(__begin_with(self, __tollgate::Moves(#value))), Some(quote!(__tollgate::Moves<#data>)))
    };
    let mut parameters = quote!(self);
    parameters.extend(data.parameters());
    // An error says of the bound where it was introduced: from its first token to its last.
    let introduced = Span::call_site().located_at(span);
    list.push(tokens::spanned(machine.names.module.clone(), introduced));
    list.push(transition.camel.clone().into());
    list.push(tokens::spanned(Punct::new('>', Spacing::Alone), introduced));
    list.push(docs::transition(machine, index).into());
    // The source link of the docs goes from the first token of the item to its last.
    list.push(tokens::group(Delimiter::Bracket, at_span(machine.visible(0), span)));
    list.push(Ident::new("fn", span).into());
    list.push(ident.clone().into());
    list.push(tokens::group(Delimiter::Parenthesis, parameters));
    list.push(tokens::group(Delimiter::Bracket, along(machine, index)));
    list.push(tokens::group(Delimiter::Bracket, rest(machine, index, payload)));
    // What is inside keeps the hygiene of `self`: the name may come from the caller of a macro.
    list.push(tokens::spanned(tokens::group(Delimiter::Brace, begun), span));
}

/// What the step goes along: the state that is reached, the transition, and the type of its guards.
fn along(machine: &Machine, index: usize) -> TokenStream {
    let (to, position) = (target(machine, index), number(index));
    let guards = machine.is_guarded(index).then(|| machine.transition_marker(index)).into_iter();
    quote!(#to, #position #(, #guards)*)
}

/// What else is said of the type of the step. What is the default of a parameter is left out, since the compiler reads
/// each word.
fn rest(machine: &Machine, index: usize, payload: Option<TokenStream>) -> TokenStream {
    let transition = &machine.transitions[index];
    let mark = |is_required| if is_required { quote!(__tollgate::NotGiven) } else { quote!(__tollgate::NotRequired) };
    let marks = (transition.actor || transition.reason).then(|| [transition.actor, transition.reason].map(mark));
    let rest = payload.into_iter().chain(marks.into_iter().flatten());
    quote!(#(, #rest)*)
}

/// The state that a transition leads to: where it differs from edge to edge, the marker trait knows.
fn target(machine: &Machine, index: usize) -> TokenStream {
    match machine.target(index) {
        Some(Reached::Same) => machine.parameter.to_token_stream(),
        Some(Reached::State(state)) => machine.marker(state),
        None => {
            let (module, camel, parameter) =
                (&machine.names.module, &machine.transitions[index].camel, &machine.parameter);
            quote!(<Self as #module::edge::#camel<#parameter>>::To)
        }
    }
}

/// What an edge asks before it is taken.
fn guarded(machine: &Machine, edge: &Edge) -> TokenStream {
    let (marker, from) = (machine.transition_marker(edge.transition), machine.machine_in(edge.from));
    let declaration = machine.declaration(edge);
    let denied = quote!(::core::result::Result<(), __tollgate::Denied>);
    let check = (!declaration.guards.is_empty()).then(|| {
        let guards = declaration.guards.iter().map(|guard| {
            let name = path_text(guard);
            let span = Span::call_site().located_at(guard.span());
            quote_spanned!(span => __tollgate::GuardAnswer::judge(#guard(self), #name)?;)
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
        let answer = quote_spanned!(span => __tollgate::GuardAnswer::judge(#permission(self, __actor), #name));
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
