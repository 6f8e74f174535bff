//! The run-time layer: a state from a database column, commands as values, what is available.

use std::error::Error;

use tollgate::chart::{Edge, Requirement};
use tollgate::serde_json::{Value, json};
use tollgate::{Actor, Cause, NotAState, Record, StateMachine, Unrestorable};

use crate::Tested;
use crate::report::{
    AnyReport, Publication, Report, ReportMachine, ReportState, ReportTransition, draft, in_review, report_state,
};
use crate::trail::said;

fn names(edges: &[&'static Edge]) -> Vec<&'static str> {
    edges.iter().map(|edge| edge.transition).collect()
}

fn stored(state: &str, data: Option<Value>) -> Result<AnyReport, NotAState> {
    AnyReport::resume_named(Report::titled("Water"), state, data.as_ref(), 5)
}

#[test]
fn a_state_in_a_column_becomes_a_machine_and_match_gives_the_typed_one() -> Tested {
    let row = (7, "Review".to_owned(), json!({"reviewer": "bob", "deadline": 3}), 5);
    let any = AnyReport::resume_named(Report { id: row.0, ..Report::titled("Water") }, &row.1, Some(&row.2), row.3)?;
    assert_eq!((any.state().name, any.version(), any.title.as_str()), ("Review", 5, "Water"));
    let AnyReport::Review(report) = any else { return Err("it is in review".into()) };
    assert_eq!((report.data().reviewer.as_str(), report.data().deadline), ("bob", Some(3)));
    let mut log = Vec::new();
    let report: ReportMachine<report_state::Draft> = report.reject().by("bob").because("late").commit(&mut log)?;
    assert_eq!((report.version(), log[0].version), (6, Some(6)));
    Ok(())
}

#[test]
fn each_state_goes_to_its_parts_and_comes_back() -> Tested {
    for state in [
        ReportState::Draft,
        ReportState::Review { reviewer: String::new(), deadline: None },
        ReportState::Published(Publication { issue: 0 }),
        ReportState::Archived,
    ] {
        let any = AnyReport::resume(Report::titled(""), state.clone(), 9);
        assert_eq!(any.into_parts(), (Report::titled(""), state, 9));
    }
    Ok(())
}

#[test]
fn an_unknown_name_is_an_error_that_lists_the_names() -> Tested {
    for unknown in ["Lost", "draft", "Draft ", "", "0", "null"] {
        let error = stored(unknown, None).expect_err("no state is called so");
        assert_eq!(
            error.to_string(),
            format!(
                "`{unknown}` is not a state of Report that can be restored: its states are Draft, Review, Published, \
                 Archived; a former name is kept readable by `#[state(was = \"..\")]`"
            )
        );
        let Unrestorable::Unknown { known } = &error.why else { return Err("it is unknown".into()) };
        assert_eq!((error.machine, error.state.as_str(), known.len()), ("Report", unknown, 4));
    }
    Ok(())
}

#[test]
fn data_that_is_not_that_of_the_state_is_an_error_that_names_the_field() {
    let cases = [
        ("Review", None, "the state has data, but its data was not stored"),
        ("Review", Some(json!({"deadline": 3})), "its data does not fit: missing field `reviewer`"),
        (
            "Review",
            Some(json!({"reviewer": "bob", "deadline": "soon"})),
            "its data does not fit: deadline: invalid type: string \"soon\", expected u32",
        ),
        ("Review", Some(json!(["bob", 3])), "its data does not fit: it carries an object with a value for each field"),
        ("Published", Some(json!({})), "its data does not fit: missing field `issue`"),
    ];
    for (state, data, words) in cases {
        let error = stored(state, data).expect_err(words);
        assert_eq!(error.to_string(), format!("`{state}` is not a state of Report that can be restored: {words}"));
        assert!(error.source().is_none(), "the text has the reason");
    }
}

#[derive(Debug, PartialEq, StateMachine)]
#[transition(close, from = _, to = Closed)]
#[transition(mark, from = Open, to = Marked)]
#[transition(hide, from = Open | Marked, to = Hidden)]
enum TicketState {
    #[state(initial, rename = "open", was = "new")]
    Open,
    #[state(record)]
    Marked(Option<String>, Vec<u8>),
    Hidden {
        from: String,
    },
    #[state(terminal, was = "done")]
    Closed,
}

#[test]
fn former_names_are_read_and_the_present_one_is_written() -> Tested {
    for (name, state) in [("open", TicketState::Open), ("new", TicketState::Open), ("done", TicketState::Closed)] {
        let any = AnyTicket::resume_named(1, name, None, 1)?;
        assert_eq!(any.into_parts().1, state);
    }
    let mut log = Vec::new();
    let _ = AnyTicket::resume_named("t", "new", None, 1)?.fire(TicketTransition::Close)?.commit(&mut log)?;
    assert_eq!(log[0].from.as_deref(), Some("open"));
    Ok(())
}

#[test]
fn what_looks_empty_is_not_taken_for_the_initial_state() -> Tested {
    let any = AnyTicket::resume_named(0, "Marked", Some(&json!([null, []])), 1)?;
    assert_eq!(any.into_parts().1, TicketState::Marked(None, Vec::new()));
    for (state, data) in [("Marked", Some(Value::Null)), ("Marked", None), ("\0", None), ("", None), ("Open", None)] {
        assert!(AnyTicket::resume_named(0, state, data.as_ref(), 1).is_err(), "{state:?}");
    }
    Ok(())
}

#[test]
fn stored_data_may_have_a_field_that_the_state_has_lost_since() -> Tested {
    let data = json!({"reviewer": "bob", "deadline": 3, "urgency": "high"});
    let (_, state, _) = stored("Review", Some(data))?.into_parts();
    assert_eq!(state, ReportState::Review { reviewer: "bob".to_owned(), deadline: Some(3) });
    Ok(())
}

#[test]
fn a_state_whose_data_no_record_holds_is_restored_from_its_value_only() {
    let error = AnyTicket::resume_named(1, "Hidden", Some(&json!({"from": "x"})), 1).expect_err("it is not recorded");
    assert!(matches!(error.why, Unrestorable::NotRecorded));
    assert_eq!(AnyTicket::resume(1, TicketState::Hidden { from: "x".to_owned() }, 1).state().name, "Hidden");
}

#[test]
fn what_is_not_allowed_gives_machine_and_command_back() -> Tested {
    let any = AnyReport::from(draft().0);
    let not_allowed = any.fire(ReportTransition::Approve(Publication { issue: 4 })).expect_err("a draft is no review");
    assert_eq!(
        not_allowed.to_string(),
        "illegal transition: `approve` does not leave `Draft` of Report; allowed: `submit`, `archive`"
    );
    assert_eq!((not_allowed.machine(), not_allowed.state(), not_allowed.transition()), ("Report", "Draft", "approve"));
    assert_eq!(not_allowed.allowed(), ["submit", "archive"]);
    let (any, command) = not_allowed.into_parts();
    assert!(matches!(command, ReportTransition::Approve(Publication { issue: 4 })));
    let mut log = Vec::new();
    let any = any.fire(ReportTransition::Archive)?.commit(&mut log)?;
    let not_allowed = any.fire(ReportTransition::Archive).expect_err("it is archived");
    assert_eq!(
        not_allowed.to_string(),
        "illegal transition: `archive` does not leave `Archived` of Report; allowed: none"
    );
    assert_eq!(not_allowed.into_machine().version(), 2);
    Ok(())
}

#[test]
fn what_is_available_is_told_by_chart_guard_and_permission() -> Tested {
    let titled = AnyReport::from(draft().0);
    assert_eq!(names(&titled.allowed()), ["submit", "archive"]);
    assert_eq!(names(&titled.available()), ["submit", "archive"]);
    let untitled = AnyReport::resume(Report::titled(""), ReportState::Draft, 1);
    assert_eq!(names(&untitled.allowed()), ["submit", "archive"]);
    assert_eq!(names(&untitled.available()), ["archive"]);
    let review = AnyReport::from(in_review().0);
    assert_eq!(names(&review.available()), ["comment", "approve", "reject"]);
    assert_eq!(names(&review.available_to(&Actor::user("ann"))), ["comment", "reject"]);
    assert_eq!(names(&review.available_to(&Actor::user("bob"))), ["comment", "approve", "reject"]);
    assert!(review.allowed()[1].requires(Requirement::Actor) && !review.allowed()[0].requires(Requirement::Actor));
    let archived = AnyReport::resume(Report::titled(""), ReportState::Archived, 3);
    assert!(archived.allowed().is_empty() && archived.available_to(&Actor::system("s")).is_empty());
    Ok(())
}

#[test]
fn what_a_fired_step_lacks_is_told_at_its_commit() -> Tested {
    let (report, mut log) = in_review();
    let step = AnyReport::from(report).fire(ReportTransition::Reject)?;
    let refused = step.commit(&mut log).expect_err("nobody acts");
    assert!(matches!(refused.cause(), Cause::Requirement(Requirement::Actor)));
    let refused = refused.into_step().by("bob").commit(&mut log).expect_err("there is no reason");
    assert!(matches!(refused.cause(), Cause::Requirement(Requirement::Reason)));
    assert_eq!(refused.to_string(), "`reject` of Report 7 from `Review`: it requires a reason, and none was given");
    let _ = refused.into_step().because("late").commit(&mut log)?;
    assert_eq!(log.len(), 3);
    Ok(())
}

#[test]
fn the_typed_and_the_run_time_layer_write_the_same_record() -> Tested {
    let mut typed = Vec::new();
    let (report, _) = draft();
    let report = report.submit("bob".to_owned(), Some(3)).by("ann").with("ip", "::1").commit(&mut typed)?;
    let report = report.comment().because("good").commit(&mut typed)?;
    let report = report.approve(Publication { issue: 4 }).by("bob").commit(&mut typed)?;
    let _ = report.archive().commit(&mut typed)?;

    let mut fired = Vec::new();
    let submit = ReportTransition::Submit { reviewer: "bob".to_owned(), deadline: Some(3) };
    let any = AnyReport::from(draft().0).fire(submit)?.by("ann").with("ip", "::1").commit(&mut fired)?;
    let any = any.fire(ReportTransition::Comment)?.because("good").commit(&mut fired)?;
    let any = any.fire(ReportTransition::Approve(Publication { issue: 4 }))?.by("bob").commit(&mut fired)?;
    let any = any.fire(ReportTransition::Archive)?.commit(&mut fired)?;

    let [typed, fired] = [typed, fired].map(|log| log.iter().map(said).collect::<Vec<_>>());
    assert_eq!(typed, fired);
    assert_eq!((any.version(), typed.len()), (5, 4));
    assert_eq!(typed[1]["data"], json!({"reviewer": "bob", "deadline": 3}), "a stay records the data that stays");
    Ok(())
}

#[test]
fn the_typed_and_the_run_time_layer_refuse_in_the_same_words() {
    let (report, _) = in_review();
    let typed = report.approve(Publication { issue: 1 }).by("ann").commit(Vec::<Record>::new()).expect_err("hers");
    let any = AnyReport::from(in_review().0);
    let step = any.fire(ReportTransition::Approve(Publication { issue: 1 })).expect("it is in review");
    let fired = step.by("ann").commit(Vec::<Record>::new()).expect_err("hers");
    assert_eq!(typed.to_string(), fired.to_string());
}
