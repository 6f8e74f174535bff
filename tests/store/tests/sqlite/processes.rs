//! Several processes on one file, some killed: acknowledged records are kept, and rows agree with their histories.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::{thread, time};

use tollgate_store::{Error, Sqlite};

use crate::Tested;
use crate::child::{Child, refused_approval};
use crate::machines::{Database, Report, ReportMachine, ReportState, assert_whole, directory};

/// Returns a pseudo-random number below `limit`.
fn random(limit: u64) -> u64 {
    RandomState::new().build_hasher().finish() % limit
}

#[test]
fn acknowledged_record_survives_five_kills() -> Tested {
    acknowledged_record_survives(5)
}

#[test]
#[ignore = "long: run by .ci/run full"]
fn acknowledged_record_survives_thirty_kills() -> Tested {
    acknowledged_record_survives(30)
}

fn acknowledged_record_survives(kills: i64) -> Tested {
    let database = Database::new();
    let path = database.path();
    let mut acknowledged = Vec::new();
    for round in 0..kills {
        let first = round * 4;
        for id in first..first + 4 {
            database.report(id);
        }
        let mut child = Child::start(&format!("load {first}"), &path);
        acknowledged.extend((0..=random(60)).map_while(|_| child.heard()));
        thread::sleep(time::Duration::from_micros(random(3000)));
        child.kill();
        let (rest, is_success) = child.ended();
        assert!(!is_success, "the child was killed");
        acknowledged.extend(rest);
        // A report whose creation was not written before the kill has no state and no history.
        assert_whole(&path);
        for id in first..first + 4 {
            match database.store.resume::<ReportState>(Report { id }) {
                Ok(report) => drop(refused_approval(report)),
                Err(error) => assert!(matches!(error, Error::NeverCreated { .. }), "{error}"),
            }
        }
    }
    assert!(acknowledged.len() >= usize::try_from(kills)?, "each child acknowledged a record");
    for record in &acknowledged {
        assert!(database.store.outcome(record.parse()?)?.is_some(), "{record} was acknowledged, and is not there");
    }
    Ok(())
}

#[test]
fn two_processes_on_one_subject_lose_no_step() -> Tested {
    let database = Database::new();
    ReportMachine::create(database.report(1)).commit(&database.store)?;
    let children = [(); 3].map(|()| Child::start("share 60", &database.path()));
    for child in children {
        let (said, is_success) = child.ended();
        assert!(is_success, "{said:?}");
    }
    assert_eq!(database.row(1), (Some("Draft".into()), Some(1 + 3 * 60)));
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn concurrent_opens_of_a_new_file_by_many_processes_succeed() -> Tested {
    for _ in 0..5 {
        let directory = directory();
        let path = directory.path().join("app.db");
        let children: Vec<Child> = (0..4).map(|_| Child::start("open", &path)).collect();
        for child in children {
            assert!(child.ended().1, "each of them opens it");
        }
        Sqlite::open(&path)?;
    }
    Ok(())
}
