//! The derive macros of [`tollgate`](https://docs.rs/tollgate), which re-exports and documents them.
//!
//! Depend on `tollgate`. The generated code calls that crate, at exactly this version.
//!
//! ```
//! use tollgate::{Id, StateMachine};
//!
//! #[derive(StateMachine)]
//! #[transition(open,  from = Closed, to = Open)]
//! #[transition(close, from = Open,   to = Closed, requires(actor))]
//! enum DoorState {
//!     #[state(initial)]
//!     Closed,
//!     Open,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut log = Vec::new();
//! let door = DoorMachine::create(Id::from(1)).commit(&mut log)?;
//! let door = door.open().commit(&mut log)?;
//! let door = door.close().by("ann").commit(&mut log)?;
//! assert_eq!((door.version(), log.len()), (3, 3));
//! # Ok(())
//! # }
//! ```

// The pipeline: `syntax` reads tokens, `model` gives them meaning, `check` reports mistakes, and `expand` writes Rust and
// cannot fail. After a mistake, `fallback` repairs the model, so that the types and methods still exist and one mistake
// gives one error.

mod check;
mod event;
mod expand;
mod fallback;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod mistakes;
mod model;
mod names;
mod printable;
mod rename_rule;
mod report;
mod subject;
mod syntax;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::report::{Report, compile_error};

#[doc = include_str!("docs/state_machine.md")]
#[proc_macro_derive(StateMachine, attributes(machine, state, transition, serde))]
pub fn derive_state_machine(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    state_machine(input.into()).into()
}

#[doc = include_str!("docs/event.md")]
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    event::event(input.into()).into()
}

#[doc = include_str!("docs/subject.md")]
#[proc_macro_derive(Subject, attributes(subject))]
pub fn derive_subject(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    subject::expand(input.into()).into()
}

fn state_machine(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return compile_error(&error),
    };
    let mut report = Report::default();
    let Some(syntax) = syntax::Machine::read(&input, &mut report) else {
        return report.into_compile_errors();
    };
    let mut model = model::Machine::of(syntax);
    check::machine(&model, &mut report);
    if report.has_errors() {
        fallback::repair(&mut model);
    }
    let mut output = report.into_compile_errors();
    output.extend(expand::machine(model));
    output
}
