// The seal of the victim's machine, by a trait with a constructor.

fn forge() -> <victim::ReportState as tollgate::StateMachine>::DeclarationToken {
    Default::default()
}

fn main() {}
