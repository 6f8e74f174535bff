//! [`resume_in`]: a typed machine in a state that the caller names.

use std::marker::PhantomData;

use super::tracked::SubjectOf;
use super::{LastRecord, State, Tracked, Typed};

/// Brings a subject back into the state `S`, typed, with the data of the state, at the version of its last record.
///
/// It is `resume` for a state that is known at compile time: for a test that begins in the middle of the chart, or for a row
/// whose state your query has fixed. The state's type is in the module of the states, here `report_state`. Its data is
/// `()` if the state has no fields, and the type that [`data`](Tracked::data) returns if it has. The subject is anything that
/// converts into it: if the machine has no subject, `7` is enough for the [`Id`](crate::Id).
///
/// **This is a trust boundary**, as `resume` is: the caller states that the subject is in this state. Nothing is checked
/// and nothing is recorded. The machine does not know the time of the last record.
///
/// ```
/// use tollgate::machine::resume_in;
/// use tollgate::{Record, StateMachine};
///
/// #[derive(StateMachine)]
/// #[transition(submit,  from = Draft,  to = Review)]
/// #[transition(approve, from = Review, to = Published, requires(actor))]
/// enum ReportState {
///     #[state(initial)]
///     Draft,
///     Review { reviewer: String },
///     #[state(terminal)]
///     Published,
/// }
///
/// // A test of `approve` that needs no steps before it.
/// let data = ReportReviewData { reviewer: "bob".into() };
/// let report = resume_in::<report_state::Review>(7, data, 2);
/// let mut log: Vec<Record> = Vec::new();
/// let report = report.approve().by("bob").commit(&mut log)?; // ReportMachine<Published>
/// assert_eq!((report.version(), log[0].from.as_deref()), (3, Some("Review")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn resume_in<S: State>(subject: impl Into<SubjectOf<S>>, data: S::Data, version: u64) -> S::Typed {
    // A foreign type that claims to be a state has no position, and fails to compile here.
    const { S::INDEX.get() };
    S::Typed::__wrap(Tracked {
        subject: subject.into(),
        data,
        last_record: LastRecord::at_version(version),
        state: PhantomData,
    })
}
