// Names of a machine, a state and a transition that do not print.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(name = "Report\u{2028}")]
//               ^^^^^^^^^^^^^^^^ `name` has the unprintable character U+2028; leave it out
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, was = "a\tb", from = Review, to = Draft)]
//                         ^^^^^^ `was` has the unprintable character U+0009; leave it out
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(rename = "Re\u{feff}view")]
//                   ^^^^^^^^^^^^^^^^ `rename` has the unprintable character U+FEFF; leave it out
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
