//! Guards and permissions by paths of every form: the chart and a refusal name them as written.

use tollgate::{Actor, Cause, NoAudit, StateMachine, Subject};

use crate::Tested;

#[derive(Subject)]
struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

impl Report {
    fn has_title(&self) -> bool {
        !self.title.is_empty()
    }
}

trait Checks {
    fn ok(&self) -> bool;

    fn may(&self, _: &Actor) -> bool {
        true
    }
}

impl Checks for Report {
    fn ok(&self) -> bool {
        self.id != 0
    }
}

trait Limit<T, const N: usize> {
    fn is_short(&self) -> bool;
}

impl<const N: usize> Limit<u8, N> for Report {
    fn is_short(&self) -> bool {
        self.title.len() <= N
    }
}

/// Checks of a report's title, on another type than the report.
trait Holds {
    fn holds(report: &Report) -> bool;
}

impl Holds for Vec<u8> {
    fn holds(report: &Report) -> bool {
        !report.title.is_empty()
    }
}

impl Holds for (u8, [u8; 2]) {
    fn holds(report: &Report) -> bool {
        report.id != 0
    }
}

fn is_longer<const N: usize>(report: &Report) -> bool {
    report.title.len() > N
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review, guard = <Report as Checks>::ok)]
#[transition(publish, from = Review, to = Published, permission = <Report as Checks>::may,
    guard = [<Vec<u8> as Holds>::holds, <(u8, [u8; 2]) as Holds>::holds, <Report>::has_title, <Report as Limit<u8, 9>>::is_short, self::is_longer::<3>, crate::guard_paths::is_longer::<{ 1 + 1 }>])]
enum ReportState {
    #[state(initial)]
    Draft,
    Review,
    #[state(terminal)]
    Published,
}

#[test]
fn chart_names_a_guard_as_its_path_is_written() {
    let edges = ReportState::CHART.edges;
    assert_eq!(edges[0].guards, ["<Report as Checks>::ok"]);
    assert_eq!(
        edges[1].guards,
        [
            "<Vec<u8> as Holds>::holds",
            "<(u8, [u8; 2]) as Holds>::holds",
            "<Report>::has_title",
            "<Report as Limit<u8, 9>>::is_short",
            "self::is_longer::<3>",
            "crate::guard_paths::is_longer::<{ 1 + 1 }>"
        ]
    );
    assert_eq!(edges[1].permission, Some("<Report as Checks>::may"));
}

#[test]
fn refusal_by_a_guard_of_a_trait_names_its_path() -> Tested {
    let report = |id, title: &str| Report { id, title: title.to_owned() };
    let draft = ReportMachine::create(report(0, "Bees")).commit(NoAudit)?;
    let Err(refused) = draft.submit().commit(NoAudit) else { return Err("the id is 0".into()) };
    let Cause::Guard { name, .. } = refused.cause() else { return Err("a guard refused".into()) };
    assert_eq!(*name, "<Report as Checks>::ok");

    let review = |title| AnyReport::resume(report(7, title), ReportState::Review, 2);
    let AnyReport::Review(long) = review("Street trees") else { return Err("it is in review".into()) };
    let Err(refused) = long.publish().by("ann").commit(NoAudit) else { return Err("the title is long".into()) };
    let Cause::Guard { name, .. } = refused.cause() else { return Err("a guard refused".into()) };
    assert_eq!(*name, "<Report as Limit<u8, 9>>::is_short");

    let AnyReport::Review(fit) = review("Bees") else { return Err("it is in review".into()) };
    assert_eq!(fit.publish().by("ann").commit(NoAudit)?.into_parts().1, ReportState::Published);
    Ok(())
}

#[test]
fn diagrams_escape_the_angle_brackets_of_a_path() {
    let (mermaid, dot) = (ReportState::CHART.to_mermaid(), ReportState::CHART.to_dot());
    assert!(mermaid.contains("Draft --> Review : submit [#60;Report as Checks#62;#58;#58;ok]"), "{mermaid}");
    assert!(dot.contains("<Report as Checks>::ok"), "{dot}");
}
