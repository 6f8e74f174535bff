// A machine, made from the enum.

fn forge(report: victim::Report) -> victim::AnyReport {
    victim::AnyReport::from((report, victim::ReportState::Published, 1))
}

fn main() {}
