//! Prints a machine as Mermaid, Graphviz or JSON: `cargo run --example chart -- dot`.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use tollgate::StateMachine;

/// A payment, as a shop sees it.
#[derive(StateMachine)]
#[transition(authorize, from = New, to = Authorized)]
#[transition(capture, from = Authorized, to = Captured, requires(actor))]
#[transition(refund, from = Captured, to = Refunded, requires(actor, reason))]
#[transition(cancel, from = New | Authorized, to = Cancelled, requires(reason))]
#[transition(comment, from = _, to = _, requires(actor))]
enum PaymentState {
    #[state(initial)]
    New,
    Authorized {
        code: String,
    },
    /// The money is ours.
    Captured,
    #[state(terminal)]
    Refunded,
    #[state(terminal)]
    Cancelled,
}

fn main() -> ExitCode {
    let chart = PaymentState::CHART;
    let mut text = match env::args().nth(1).as_deref() {
        None | Some("mermaid") => chart.to_mermaid(),
        Some("dot") => chart.to_dot(),
        Some("json") => chart.to_json(),
        Some(other) => {
            eprintln!("chart: `{other}` is not a form of a chart; the forms are `mermaid`, `dot` and `json`");
            return ExitCode::from(2);
        }
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    // A pipe that `head` has closed is no failure of ours.
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("chart: standard output: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
