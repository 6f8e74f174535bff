//! The check that runs after every scenario: it finds each kind of inconsistency.

use tollgate::uuid::Uuid;
use tollgate_store_tests::{Database, Fate, Kind, Tested, agrees, on_both};

use crate::{count, in_review, refused};

/// Inserts a record by SQL, without the store: a copy of the last one with other values in `columns`.
async fn forge(database: &Database, columns: &[(&str, &str)]) -> Tested {
    let mut all = vec!["at", "kind", "subject_kind", "subject", "machine", "edge", "version", "actor_kind", "actor"];
    all.extend(["reason", "data", "prev", "digest"]);
    if database.kind() == Kind::Postgres {
        all.push("at_nanos");
    }
    let forged: Vec<&str> = all
        .iter()
        .map(|column| columns.iter().find(|(name, _)| name == column).map_or(*column, |(_, value)| value))
        .collect();
    // The database would refuse the forged record, so the owner turns off the protection first.
    let (unguarded, id) = match database.kind() {
        Kind::Sqlite => ("DROP TRIGGER tollgate_check_change", "randomblob(16)"),
        Kind::Postgres => ("ALTER TABLE tollgate_record DISABLE TRIGGER USER", "gen_random_uuid()"),
    };
    database.execute(unguarded).await?;
    let sql = format!(
        "INSERT INTO tollgate_record (id, {}) SELECT {id}, {} FROM tollgate_record
         WHERE version = (SELECT max(version) FROM tollgate_record)",
        all.join(", "),
        forged.join(", ")
    );
    database.execute(&sql).await
}

const COMMENTED: (&str, &str) =
    ("edge", "(SELECT id FROM tollgate_edge WHERE transition = 'comment' AND from_state = 'Review')");
const ARCHIVED: (&str, &str) =
    ("edge", "(SELECT id FROM tollgate_edge WHERE transition = 'archive' AND from_state = 'Draft')");

/// Returns the error of the check after a record was forged.
async fn said(database: &Database, columns: &[(&str, &str)]) -> Tested<String> {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    agrees(database).await?;
    let before = count(database).await?;
    forge(database, columns).await?;
    assert_eq!(count(database).await?, before + 1);
    Ok(refused(agrees(database).await)?.to_string())
}

// These scenarios end with a database for which the check fails.
on_both! {
    by tollgate_store_tests::run_without_the_check;
    check_on_a_missing_version_fails,
    check_on_a_state_that_was_never_reached_fails,
    check_on_a_wrong_digest_fails,
    check_on_a_broken_chain_fails,
    check_on_a_row_behind_its_history_fails,
}

async fn check_on_a_missing_version_fails(database: &Database) -> Tested {
    let said = said(database, &[COMMENTED, ("version", "version + 2"), ("digest", "NULL")]).await?;
    assert!(said.contains("a version is missing"), "{said}");
    Ok(())
}

async fn check_on_a_state_that_was_never_reached_fails(database: &Database) -> Tested {
    let said = said(database, &[ARCHIVED, ("version", "version + 1"), ("digest", "NULL")]).await?;
    assert!(said.contains("does not leave the state"), "{said}");
    Ok(())
}

async fn check_on_a_wrong_digest_fails(database: &Database) -> Tested {
    let said = said(database, &[COMMENTED, ("version", "version + 1"), ("reason", "'forged'")]).await?;
    assert!(said.contains("is not its own"), "{said}");
    Ok(())
}

async fn check_on_a_broken_chain_fails(database: &Database) -> Tested {
    let said = said(database, &[COMMENTED, ("version", "version + 1"), ("digest", "NULL")]).await?;
    assert!(said.contains("`prev` is not the digest before"), "{said}");
    Ok(())
}

async fn check_on_a_row_behind_its_history_fails(database: &Database) -> Tested {
    let said = said(database, &[COMMENTED, ("version", "version + 1"), ("digest", "NULL"), ("prev", "NULL")]).await?;
    assert!(said.contains("a row of `reports` says"), "{said}");
    Ok(())
}

on_both! {
    check_on_a_wrong_row_or_outcome_fails,
}

async fn check_on_a_wrong_row_or_outcome_fails(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    database.execute("UPDATE reports SET state = 'Draft'").await?;
    assert!(refused(agrees(database).await)?.to_string().contains("a row of `reports` says"));
    database.execute("UPDATE reports SET state = 'Review', version = 1").await?;
    assert!(refused(agrees(database).await)?.to_string().contains("a row of `reports` says"));
    database.execute("UPDATE reports SET version = 2").await?;
    agrees(database).await?;

    let never = Uuid::from_u128(7);
    database.ledger().set(never, Fate::Acknowledged);
    assert!(refused(agrees(database).await)?.to_string().contains("was acknowledged, and is not there"));
    database.ledger().set(never, Fate::Refused);
    agrees(database).await?;
    let mut step = store
        .resume::<tollgate_store_tests::ReportState>(tollgate_store_tests::Report::new(1, ""))
        .await?
        .fire(tollgate_store_tests::ReportTransition::Comment)?;
    let written = step.record_id();
    step.commit_async(&store).await?;
    database.ledger().set(written, Fate::Refused);
    assert!(refused(agrees(database).await)?.to_string().contains("was refused, and is there"));
    database.ledger().set(written, Fate::Acknowledged);
    Ok(())
}
