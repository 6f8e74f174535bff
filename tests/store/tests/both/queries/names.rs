//! Unknown names in queries, and queries that no record can match.

use tollgate::RecordKind;

use super::world::{PaperState, ReportState, World};
use super::{Failure, Place, on_each};

on_each! {
    query_for_an_unknown_name_suggests_a_known_one
    query_that_no_record_can_match_is_refused
    query_with_the_former_chart_finds_the_present_names
    query_finds_names_that_another_program_registers_later
}

async fn query_for_an_unknown_name_suggests_a_known_one(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    let reports = store.records().machine::<ReportState>();
    for (outcome, text) in [
        (
            reports.clone().state("Reveiw").page(1).await.map(drop),
            "`Reveiw` is not a state of Report; its states are `Draft`, `Review`, `Published`; did you mean `Review`?",
        ),
        (
            reports.clone().transition("aprove").count().await.map(drop),
            "`aprove` is not a transition of Report; its transitions are `create`, `submit`, `approve`, `reject`, `note`; \
             did you mean `approve`?",
        ),
        (
            reports.transition("Teleport").all().await.map(drop),
            "`Teleport` is not a transition of Report; its transitions are `create`, `submit`, `approve`, `reject`, `note`",
        ),
        (
            store.subjects_in::<ReportState>("draft").all().await.map(drop),
            "`draft` is not a state of Report; its states are `Draft`, `Review`, `Published`; did you mean `Draft`?",
        ),
    ] {
        assert_eq!(outcome.expect_err(text).to_string(), text);
    }
    Ok(())
}

async fn query_that_no_record_can_match_is_refused(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    let reports = store.records().machine::<ReportState>();
    for (query, text) in [
        (
            store.records().transition("approve"),
            "the filter for transition `approve` needs a machine; add `.machine::<..>()`",
        ),
        (store.records().state("Review"), "the filter for state `Review` needs a machine; add `.machine::<..>()`"),
        (
            reports.clone().state("Review").kind(RecordKind::Refusal),
            "a refusal does not reach `Review`; filter refusals by machine, subject or transition",
        ),
        (reports.kind(RecordKind::Event), "events do not belong to a machine; remove the filter for Report"),
    ] {
        assert_eq!(query.page(1).await.expect_err(text).to_string(), text);
    }
    Ok(())
}

async fn query_with_the_former_chart_finds_the_present_names(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let papers = world.store.records().machine::<PaperState>();
    // The program's own chart does not have the new name, but the database has it.
    let present = papers.clone().state("Review").count().await?;
    let former = papers.clone().state("Checking").count().await?;
    let both = world.store.records().machine::<ReportState>().state("Review").count().await?;
    assert!(present > 0 && former > 0);
    assert_eq!(present + former, both);
    assert_eq!(papers.count().await?, world.store.records().machine::<ReportState>().count().await?);
    Ok(())
}

async fn query_finds_names_that_another_program_registers_later(place: Place) -> Result<(), Failure> {
    let reader = place.open().await?;
    let papers = reader.records().machine::<ReportState>();
    assert_eq!(papers.count().await?, 0);
    let writer = place.open().await?;
    writer.register::<PaperState>().await?;
    assert_eq!(papers.count().await?, 0, "the first chart is in the reader's cache");
    let world = World::new(writer).await?;
    assert_eq!(papers.count().await?, world.that(super::world::is_report).len() as u64);
    Ok(())
}
