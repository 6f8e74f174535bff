//! `#[derive(Event)]`: a struct whose fields are the properties of an event.
//!
//! The pipeline is that of `StateMachine`: `syntax` reads, `model` gives meaning, `check` rejects, `expand` writes.

mod check;
mod expand;
mod model;
mod serde;
mod syntax;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::report::{Report, compile_error};

pub(crate) fn event(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return compile_error(&error),
    };
    let mut report = Report::default();
    let mut event = model::Event::of(syntax::Event::read(&input, &mut report));
    check::event(&event, &mut report);
    if report.has_errors() {
        event.repair();
    }
    let mut output = report.into_compile_errors();
    output.extend(expand::event(&event));
    output
}
