//! Prints a machine as Mermaid, Graphviz or JSON: `cargo run --example chart -- dot --no-stays --requirements`.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use tollgate::StateMachine;
use tollgate::chart::DrawOptions;

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
    /// The shop has the money.
    Captured,
    #[state(terminal)]
    Refunded,
    #[state(terminal)]
    Cancelled,
}

const USAGE: &str = "the forms are `mermaid`, `dot` and `json`; the flags of a drawing are `--no-stays`, `--no-guards`, \
                     `--no-permissions` and `--requirements`";

fn main() -> ExitCode {
    let chart = PaymentState::CHART;
    let (mut form, mut options) = ("mermaid".to_owned(), DrawOptions::default());
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "mermaid" | "dot" | "json" => form = argument,
            "--no-stays" => options = options.stays(false),
            "--no-guards" => options = options.guards(false),
            "--no-permissions" => options = options.permissions(false),
            "--requirements" => options = options.requirements(true),
            other => {
                eprintln!("chart: `{other}` is not a form of a chart and not a flag; {USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    let mut text = match form.as_str() {
        "dot" => chart.to_dot_with(options),
        "json" => chart.to_json(),
        _ => chart.to_mermaid_with(options),
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    // A closed pipe is not an error: `head` closes it after it has read enough.
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("chart: standard output: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
