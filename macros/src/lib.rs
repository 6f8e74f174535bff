//! The derives of [`tollgate`](https://docs.rs/tollgate), which re-exports and documents them.
//!
//! The pipeline: `syntax` reads tokens, `model` gives them meaning, `check` refuses what has none,
//! `expand` writes Rust and cannot fail. After a mistake `fallback` mends the model, so that the types and
//! methods are still there and one mistake gives one error.

mod check;
mod event;
mod expand;
mod fallback;
#[cfg(test)]
mod golden;
mod model;
mod names;
mod report;
mod subject;
mod syntax;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::report::Report;

/// Declares a state machine on the enum of its states.
#[proc_macro_derive(StateMachine, attributes(machine, state, transition))]
pub fn derive_state_machine(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    state_machine(input.into()).into()
}

/// Declares an event on the struct of its properties.
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    event::event(input.into()).into()
}

/// Names the subject of a machine by one of its fields: the one that is marked `#[subject(id)]`.
///
/// On the struct, `#[subject(..)]` takes
///
/// | key | says | where it is left out |
/// | --- | --- | --- |
/// | `kind = ".."` | what sort of thing it is, in records | the name of the struct |
/// | `table = ".."` | the table of its rows, for a sink that keeps the state there too | there is none |
/// | `key = ".."` | the column that names the subject | the name of the field, or `id` where it has none |
/// | `state = ".."` | the column of the state's recorded name | `state` |
/// | `version = ".."` | the column of the version | there is none |
/// | `crate = path` | where tollgate is | `::tollgate` |
#[proc_macro_derive(Subject, attributes(subject))]
pub fn derive_subject(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    subject::expand(input.into()).into()
}

fn state_machine(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut report = Report::default();
    let Some(syntax) = syntax::Machine::read(&input, &mut report) else {
        return report.into_compile_errors();
    };
    let mut model = model::Machine::of(syntax);
    check::machine(&model, &mut report);
    if report.has_errors() {
        fallback::mend(&mut model);
    }
    let mut output = report.into_compile_errors();
    output.extend(expand::machine(&model));
    output
}
