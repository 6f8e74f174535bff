//! The module next to the enum: the states, the transitions and the edges as types.
//!
//! It names no item of the user, so it works inside a function body too.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::docs;
use super::own::own;
use crate::model::Machine;

pub(super) fn module(machine: &Machine) -> TokenStream {
    let krate = &machine.krate;
    let (visible, inside, deeper) = (machine.visible(0), machine.visible(1), machine.visible(2));
    let (module, typed) = (&machine.names.module, &machine.names.machine);
    let enum_name = machine.ident.unraw();
    let states = machine.states.iter().enumerate().map(|(index, state)| {
        let instead = format!("The state `{}` of [`{typed}`], as a type.", state.ident.unraw());
        let doc = docs::with_own(&state.doc, &instead, &docs::of_state(machine, index));
        let marker = &state.marker;
        quote!(#[doc = #doc] #inside struct #marker;)
    });
    let guarded: Vec<_> = (0..machine.transitions.len())
        .filter(|index| machine.is_guarded(*index))
        .map(|index| {
            let ident = own(&machine.transitions[index].ident);
            let doc = docs::doc(&format!("The guards and the permission of the transition `{}`.", ident.unraw()));
            quote!(#doc #deeper enum #ident {})
        })
        .collect();
    let guarded = (!guarded.is_empty()).then(|| {
        quote! {
            #[doc = " The transitions that have guards or a permission, as types."]
            #inside mod transition {
                #(#guarded)*
            }
        }
    });
    let edges = (0..machine.transitions.len()).map(|index| edge(machine, index, &deeper));
    let module_doc = docs::doc(&format!("The states of `{enum_name}`, as types, and the transitions that leave them."));
    let creations = machine.creations();
    let creations: Vec<_> = creations.iter().map(|creation| format!("`{}`", creation.method)).collect();
    let summary = format!("The subject of `{enum_name}`, known to be in the state `S`.");
    let origin = format!(
        "It derefs to the subject. You get it from {}, or from a transition whose record a sink has accepted.",
        creations.join(", ")
    );
    // Rustdoc shows both docs on one page, that of the `use` first. The user's own doc is on the `use`, because its links
    // resolve next to the enum and not in the module.
    let (typed_doc, own_doc) = if machine.doc.is_empty() {
        (docs::doc(&format!("{summary}\n\n{origin}")), None)
    } else {
        let own = docs::before_own(&machine.doc, &summary);
        (docs::doc(&format!("A subject in the state `S`. {origin}")), Some(own))
    };
    quote! {
        #module_doc
        #[allow(clippy::all, clippy::pedantic)]
        #visible mod #module {
            #(#states)*

            #typed_doc
            #inside struct #typed<S: #krate::State>(pub(super) #krate::__private::Tracked<S>);

            #guarded

            #[doc = " The states that each transition leaves."]
            #inside mod edge {
                #(#edges)*
            }
        }

        #own_doc
        #[doc(inline)]
        #visible use #module::#typed;
    }
}

/// Returns an item whose name is the advice if two machines of one scope have the same names. Rustc reports it first. A
/// derive does not see the other machine.
pub(super) fn taken(machine: &Machine) -> TokenStream {
    let name = machine.names.taken();
    quote! {
        #[doc(hidden)]
        const #name: () = ();
    }
}

/// Imports the typed machine of this module, even if another item outside has its name. Two machines of one name then cause
/// one error, not one for each implementation.
pub(super) fn own_machine(machine: &Machine) -> TokenStream {
    let (module, typed) = (&machine.names.module, &machine.names.machine);
    quote!(use #module::#typed;)
}

/// Returns the marker trait of a transition, implemented for the machine in each state that it leaves.
///
/// It has no supertrait, and an associated type only if the targets differ, because the compiler would prove these again for
/// each method.
fn edge(machine: &Machine, index: usize, visible: &TokenStream) -> TokenStream {
    let transition = &machine.transitions[index];
    let (typed, camel) = (&machine.names.machine, &transition.camel);
    let name = transition.ident.unraw();
    let described = machine.described(index);
    let doc = docs::doc(&format!("The states that `{name}` leaves: `{described}`."));
    let message = format!("illegal transition: `{name}` does not leave `{{S}}`");
    let label = format!("a `{typed}<{{S}}>` cannot `{name}`");
    let note = format!("`{name}`: {described}");
    let has_several_targets = machine.target(index).is_none();
    let declared = has_several_targets.then(|| {
        quote!(
            #[doc = " The state that is reached."]
            type To;
        )
    });
    let impls = machine.edges.of(index).map(|edge| {
        let [from, to] = [edge.from, edge.to].map(|state| &machine.states[state].marker);
        let reached = has_several_targets.then(|| quote!(type To = super::#to;));
        quote!(impl #camel<super::#from> for super::#typed<super::#from> { #reached })
    });
    quote! {
        #doc
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        #visible trait #camel<S> {
            #declared
        }
        #(#impls)*
    }
}
