//! The plugin in a host: a hub, and a `Vec` as the log.

use std::error::Error;

use tollgate::events::InsertRows;
use tollgate::{Event, Hub, Observer, Record, sink};
use tollgate_plugin_template::{Exports, NAME, RunMachine, TableExported};

type Tested = Result<(), Box<dyn Error>>;

fn inserted(table: &str, num_rows: u64) -> InsertRows {
    InsertRows { database: "town".into(), table: table.into(), num_rows, ignore: false, replace: false }
}

fn exported(table: &str, num_rows: u64) -> TableExported {
    TableExported { database: "town".into(), table: table.into(), num_rows }
}

#[test]
fn rows_wait_until_their_table_is_exported() -> Tested {
    let (exports, mut hub) = (Exports::default(), Hub::new());
    exports.install(&mut hub)?;
    let mut log: Vec<Record> = Vec::new();
    let mut sink = sink::adapt(&mut log).observed_by(hub.by_ref());
    inserted("trees", 3).occurred().by("ann").commit(&mut sink)?;
    inserted("trees", 2).occurred().by("ann").commit(&mut sink)?;
    inserted("rents", 1).occurred().by("ann").commit(&mut sink)?;
    assert_eq!((exports.waiting("trees"), exports.waiting("rents")), (5, 1));
    exported("trees", 5).occurred().by("bob").commit(&mut sink)?;
    assert_eq!((exports.waiting("trees"), exports.waiting("rents")), (0, 1));
    drop(sink);
    assert_eq!(log.len(), 4);
    assert_eq!(TableExported::from_record(&log[3])?, Some(exported("trees", 5)));
    Ok(())
}

#[test]
fn failed_run_is_counted_and_a_finished_one_is_not() -> Tested {
    let (exports, mut hub) = (Exports::default(), Hub::new());
    exports.install(&mut hub)?;
    let mut sink = sink::adapt(Vec::new()).observed_by(hub.by_ref());
    RunMachine::create(1).commit(&mut sink)?.finish().commit(&mut sink)?;
    RunMachine::create(2).commit(&mut sink)?.fail().because("the disk is full").commit(&mut sink)?;
    assert_eq!(exports.failed_runs(), 1);
    Ok(())
}

#[test]
fn error_of_a_subscriber_is_reported_with_its_name_and_the_event_is_recorded() -> Tested {
    let mut reports = Vec::new();
    let (exports, mut hub) = (Exports::default(), Hub::new());
    hub.on_failure(|failure| reports.push(failure.to_string()));
    exports.install(&mut hub)?;
    let mut log: Vec<Record> = Vec::new();
    exported("trees", 5).occurred().by("bob").commit(sink::adapt(&mut log).observed_by(hub))?;
    assert_eq!((log.len(), reports.len()), (1, 1));
    assert!(
        reports[0].contains("`exports: on exports/table-exported`") && reports[0].contains("no new rows"),
        "{}",
        reports[0]
    );
    Ok(())
}

#[test]
fn name_that_another_plugin_has_is_refused_at_the_installation() -> Tested {
    /// An event of another plugin.
    #[derive(Event, tollgate::serde::Serialize)]
    #[serde(crate = "tollgate::serde")]
    #[event(name = "exports/table-exported")]
    struct Other;

    let mut hub = Hub::new();
    hub.register::<Other>()?;
    let refused = Exports::default().install(&mut hub).expect_err("the name is taken");
    assert!(refused.to_string().contains("`exports/table-exported`"), "{refused}");
    assert!(hub.catalog().plugins.is_empty(), "nothing of it stays");
    Ok(())
}

#[test]
fn catalog_of_the_host_lists_the_events_and_the_machine() -> Tested {
    let mut hub = Hub::new();
    Exports::default().install(&mut hub)?;
    let catalog = hub.catalog().to_markdown();
    for name in ["insert-rows", "exports/table-exported", "exports/Run"] {
        assert!(catalog.contains(name), "{name}: {catalog}");
    }
    assert_eq!(hub.catalog().plugins, [NAME]);
    Ok(())
}

#[test]
fn removed_plugin_is_not_notified_and_can_be_installed_again() -> Tested {
    let (exports, mut hub) = (Exports::default(), Hub::new());
    let mut log: Vec<Record> = Vec::new();
    exports.install(&mut hub)?;
    assert!(exports.install(&mut hub).is_err(), "it is installed already");
    inserted("trees", 1).occurred().by("ann").commit(sink::adapt(&mut log).observed_by(hub.by_ref()))?;
    assert_eq!(hub.remove_plugin(NAME).map(|counts| counts.len()), Some(3));
    inserted("trees", 2).occurred().by("ann").commit(sink::adapt(&mut log).observed_by(hub.by_ref()))?;
    assert_eq!((exports.waiting("trees"), log.len()), (1, 2));
    exports.install(&mut hub)?;
    inserted("trees", 4).occurred().by("ann").commit(sink::adapt(&mut log).observed_by(hub.by_ref()))?;
    assert_eq!(exports.waiting("trees"), 5);
    Ok(())
}
