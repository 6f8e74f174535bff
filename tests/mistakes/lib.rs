//! Every mistake of `macros/mistakes/` as a module, and uses of the types and methods that the macros generate after a mistake.
//! If `TOLLGATE_MISTAKES` is set, the crate does not compile: `test.rs` sets it and reads the errors.

#![cfg(mistakes)]

/// Uses a machine of reports: `use_report!(subject)`, or `use_report!(subject, submit(data))` if the data of `Review` is not one
/// name.
macro_rules! use_report {
    ($subject:expr) => {
        fn use_data() {
            let mut log = Vec::new();
            let report = ReportMachine::create($subject).commit(&mut log).unwrap();
            let report = report.submit("bob".into()).commit(&mut log).unwrap();
            println!("{} is read by {}", report.version(), report.data().reviewer);
        }
        use_report!($subject, submit("bob".into()));
    };
    ($subject:expr, submit($($data:expr),*)) => {
        fn use_report() {
            let mut log = Vec::new();
            let report = ReportMachine::create($subject).commit(&mut log).unwrap();
            let report = report.submit($($data),*).commit(&mut log).unwrap();
            let report = report.publish().by("bob").commit(&mut log).unwrap();
            println!("{report:?} {}", log.len());
            match AnyReport::resume($subject, ReportState::Draft, 1) {
                AnyReport::Draft(report) => drop(report.submit($($data),*)),
                AnyReport::Review(report) => drop(report.reject().because("no sources")),
                AnyReport::Published(report) => drop(report.into_parts()),
            }
        }
    };
}

/// Uses the commands of a machine of reports.
macro_rules! use_commands_of_report {
    () => {
        fn use_commands() {
            let mut log = Vec::new();
            let report = ReportMachine::create(7).commit(&mut log).unwrap();
            let report = report.submit("bob".into()).commit(&mut log).unwrap();
            println!("{} is read by {}", report.version(), report.data().reviewer);
            let any = AnyReport::resume(7, ReportState::Draft, 1);
            drop(any.fire(ReportTransition::Submit { reviewer: "bob".into() }));
        }
    };
}

/// Uses an event.
macro_rules! use_event {
    () => {
        fn use_event() {
            let mut log: Vec<tollgate::Record> = Vec::new();
            let event = CreateTable { database: "town".into(), table: "trees".into() };
            let event = event.occurred().by("ann").because("spring").commit(&mut log).unwrap();
            println!("{} {}", event.table, CreateTable::from_record(&log[0]).unwrap().is_some());
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/modules.rs"));
