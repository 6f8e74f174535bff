// The last record of another machine, for an entry.

use tollgate::StateMachine;
use tollgate::__private::{IncomingSubject, Typed};
use victim::{AnyReport, Report, ReportMachine, ReportState, report_state};

fn forge(subject: Report, other: &ReportMachine<report_state::Draft>) -> AnyReport {
    ReportState::enter(IncomingSubject { subject, last_record: other.__view().last_record }, ReportState::Published)
}

fn main() {}
