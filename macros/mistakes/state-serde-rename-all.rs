// A recorded state whose fields are renamed by a rule.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    #[serde(rename_all = "camelCase")]
//          ^^^^^^^^^^ records do not honour `rename_all` on `Review`; name each field with `#[serde(rename = "..")]`
    Review { first_reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into()));
