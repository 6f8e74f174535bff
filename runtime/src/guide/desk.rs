// A table of reports and a log in memory, for an example of the page on web handlers.

use std::collections::BTreeMap;

use tollgate::Record;

/// A row: the columns of the report, and those of its state.
struct Row {
    report: Report,
    state: &'static str,
    data: Option<Value>,
    version: u64,
}

/// The rows by their ids, and the log.
struct Desk {
    rows: BTreeMap<u64, Row>,
    log: Vec<Record>,
}

impl Desk {
    /// A desk with report 7 of ann, a draft.
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let mut desk = Self { rows: BTreeMap::new(), log: Vec::new() };
        let report = Report { id: 7, title: "Street trees".into(), author: "ann".into() };
        let report = ReportMachine::create(report).by("ann").commit(&mut desk.log)?;
        desk.save(report.into());
        Ok(desk)
    }

    fn resume(&self, id: u64) -> Result<AnyReport, Problem> {
        let row = self.rows.get(&id).ok_or_else(|| Problem::new(404, "not_found", format!("there is no report {id}")))?;
        let report = AnyReport::resume_named(row.report.clone(), row.state, row.data.as_ref(), row.version);
        report.map_err(|error| Problem::new(500, "unreadable", error.to_string()))
    }

    fn save(&mut self, report: AnyReport) {
        let state = report.state().name;
        let data = match &report {
            AnyReport::Review(report) => Some(json!({ "reviewer": report.data().reviewer })),
            _ => None,
        };
        let (report, _, version) = report.into_parts();
        self.rows.insert(report.id, Row { report, state, data, version });
    }
}
