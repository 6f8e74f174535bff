// The seal of the victim's machine, by its constructor.

fn forge() -> <victim::ReportState as tollgate::StateMachine>::DeclarationToken {
    victim::__DeclarationToken(())
}

fn main() {}
