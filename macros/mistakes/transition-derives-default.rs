// `Default`, which commands cannot have.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive(Clone, Default)))]
//                                 ^^^^^^^ `Default` cannot be derived for commands, because no transition is the default; leave it out
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
