//! The derive macros of [`tollgate`](https://docs.rs/tollgate), which re-exports and documents them.
//!
//! Depend on `tollgate`: what the derives generate calls that crate, at exactly this version.
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

// The pipeline: `syntax` reads tokens, `model` gives them meaning, `check` rejects what has none, `expand` writes Rust and
// cannot fail. After a mistake `fallback` repairs the model, so that the types and methods still exist and one mistake
// gives one error.

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
///
/// # Fields
///
/// A state that is marked `#[state(record)]` has its data in each record that leads to it. These attributes of a named
/// field change that:
///
/// | attribute | record | read back as | command |
/// | --- | --- | --- | --- |
/// | `#[state(skip)]` | does not have the field | the default | has the field |
/// | `#[state(redact)]` | has `"[redacted]"` for its value | the default | has the field |
/// | `#[serde(skip)]`, `#[serde(skip_serializing)]` | as `#[state(skip)]`, unless the field is marked `redact` | the default | has the field |
/// | `#[serde(rename = "..")]` | has the field under this name | its value | has the field under this name |
/// | `#[serde(alias = "..")]` | | its value, under either name | has the field under either name |
/// | `#[serde(default)]`, `#[serde(default = "path")]` | | the default, if the field is absent | may leave the field out |
///
/// The value of a skipped or redacted field is never serialised, so its type does not need `Serialize`. The default is
/// the type's `Default`, or the value that the function at `path` returns. A command is the request that brings the
/// secret, so it has every field.
///
/// The chart lists the fields under their recorded names, without those that are skipped, and marks those that are
/// redacted. Its fingerprint covers this, so it changes if a mark or a name changes.
///
/// Records do not honour serde's other attributes on a field, such as `with`, `flatten` or `skip_serializing_if`. The
/// derive refuses them on a recorded field whose value is not hidden, so that no record holds more than the attribute
/// seems to allow. If the enum derives `Serialize` for another purpose and needs such a form, give the field a newtype
/// with that form, or let the variant hold one struct with it. Commands honour `with` and `deserialize_with`, and the
/// derive refuses `flatten` and `skip_deserializing` on a field that a command has.
///
/// ```ignore
/// #[derive(StateMachine)]
/// #[transition(log_in, from = Out, to = In)]
/// #[transition(log_out, from = In, to = Out)]
/// enum LoginState {
///     #[state(initial)]
///     Out,
///     #[state(record)]
///     In {
///         #[serde(rename = "userName")]
///         user: String,
///         #[state(skip)]
///         pin: String,
///         #[state(redact)]
///         address: String,
///     },
/// }
///
/// let login = LoginMachine::create(7).commit(&mut log)?;
/// login.log_in("ann".into(), "1234".into(), "192.0.2.7".into()).commit(&mut log)?;
/// assert_eq!(log[1].data, Some(json!({ "userName": "ann", "address": "[redacted]" })));
/// ```
#[proc_macro_derive(StateMachine, attributes(machine, state, transition, serde))]
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
