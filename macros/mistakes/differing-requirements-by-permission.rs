// One transition that has a permission in one state only.

use tollgate::StateMachine;

fn may_publish(_: &tollgate::Id, _: &tollgate::Actor) -> bool {
    true
}

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
//           ^^^^^^^ `publish` requires nothing here
#[transition(publish, from = Draft, to = Published, permission = may_publish)]
//           ^^^^^^^ `publish` requires an actor here and nothing elsewhere; require the same (a permission requires an actor)
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
