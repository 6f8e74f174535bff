// The seal of the victim's machine, by a trait that makes things.

fn forge() -> <victim::ReportState as tollgate::StateMachine>::DeclarationToken {
    Default::default()
}

fn main() {}
