// The seal of the victim's machine, by a trait that makes things.

fn forge() -> <victim::ReportState as tollgate::StateMachine>::Seal {
    Default::default()
}

fn main() {}
