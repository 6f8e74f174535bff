//! `resume_in` gives a typed machine in a named state, for a test that begins in the middle of the chart.

use tollgate::machine::resume_in;
use tollgate::{Id, Record, StateMachine};

use crate::Tested;
use crate::report::{AnyReport, Publication, Report, ReportMachine, ReportState, report_state};

#[derive(Debug, PartialEq, StateMachine)]
#[transition(turn, from = Off, to = On)]
enum LightState {
    #[state(initial)]
    Off,
    #[state(terminal)]
    On(u8, u8),
}

#[test]
fn resume_in_a_state_with_data_returns_the_typed_machine() -> Tested {
    let data = crate::report::ReportReviewData { reviewer: "bob".to_owned(), deadline: Some(3) };
    let report = resume_in::<report_state::Review>(Report::titled("Water"), data, 5);
    assert_eq!((report.version(), report.data().deadline, report.title.as_str()), (5, Some(3), "Water"));
    let mut log: Vec<Record> = Vec::new();
    let report: ReportMachine<report_state::Draft> = report.reject().by("bob").because("late").commit(&mut log)?;
    assert_eq!((report.version(), log[0].version, log[0].from.as_deref()), (6, Some(6), Some("Review")));
    Ok(())
}

#[test]
fn resume_in_equals_resume_by_the_enum() -> Tested {
    let typed = resume_in::<report_state::Published>(Report::titled(""), Publication { issue: 4 }, 9);
    let state = ReportState::Published(Publication { issue: 4 });
    assert_eq!(AnyReport::from(typed).into_parts(), AnyReport::resume(Report::titled(""), state, 9).into_parts());
    let mut log: Vec<Record> = Vec::new();
    let off = resume_in::<light_state::Off>(Id::from("hall"), (), 1);
    let on = off.turn(1, 2).commit(&mut log)?;
    let again = resume_in::<light_state::On>(Id::from("hall"), (1, 2), 2);
    assert_eq!(on.into_parts(), again.into_parts());
    assert_eq!(AnyLight::resume("hall", LightState::Off, 1).version(), 1);
    Ok(())
}

#[test]
fn resume_in_without_a_subject_takes_what_converts_into_an_id() {
    let by_number = resume_in::<light_state::Off>(7, (), 1);
    assert_eq!(by_number.into_parts().0, Id::from(7));
    let by_text = resume_in::<light_state::On>("hall", (1, 2), 2);
    assert_eq!(by_text.into_parts().0, Id::from("hall"));
}

#[test]
fn guards_of_a_machine_from_resume_in_are_checked() {
    let report = resume_in::<report_state::Draft>(Report::titled(""), (), 1);
    let refused = report.submit("bob".to_owned(), None).commit(tollgate::NoAudit).expect_err("it has no title");
    assert!(matches!(refused.cause(), tollgate::Cause::Guard { .. }));
}
