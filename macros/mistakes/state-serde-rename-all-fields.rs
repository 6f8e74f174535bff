// Fields that are renamed by a rule for all states.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[serde(rename_all_fields = "camelCase")]
//      ^^^^^^^^^^^^^^^^^ records do not honour `rename_all_fields`; name each field with `#[serde(rename = "..")]`
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review { first_reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into()));
