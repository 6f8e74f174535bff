//! One binary.
use tollgate::{StateMachine, Subject};

/// A report on its way to the public.
#[derive(Subject)]
pub struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

impl Report {
    fn has_title(&self) -> bool {
        !self.title.is_empty()
    }
}
#[derive(serde::Deserialize)]
pub struct Publication(String);

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,             to = Review, guard = Report::has_title)]
#[transition(approve, from = Review,            to = Published, requires(actor))]
#[transition(reject,  from = Review,            to = Draft, requires(actor, reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
pub enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review {
        reviewer: String,
    },
    Published(Publication),
    #[state(terminal)]
    Archived,
}

#[test]
fn first() -> Result<(), Box<dyn std::error::Error>> {
    let mut log = Vec::new();
    let report = Report { id: 7, title: "x".into() };
    let report = ReportMachine::create(report).by("ann").commit(&mut log)?;
    let report = report.submit("bob".into()).commit(&mut log)?;
    assert_eq!(report.data().reviewer, "bob");
    let report = report.reject().by("bob").because("no sources").commit(&mut log)?;
    for r in &log {
        println!("{}", serde_json::to_string(r)?);
    }
    println!("{report:?}");
    println!("{}", ReportState::CHART.to_mermaid());
    println!("{}", ReportState::CHART.canonical());
    let any = AnyReport::from(report);
    let any = any.fire(serde_json::from_str(r#"{"submit":{"reviewer":"zoe"}}"#)?)?.commit(&mut log)?;
    println!("{any:?}");
    let e = serde_json::from_str::<ReportTransition>(r#"{"submit":{"reviewer":5}}"#);
    println!("{e:?}");
    let any = AnyReport::replay(any.into_parts().0, &log)?;
    println!("{any:?}");
    Ok(())
}
