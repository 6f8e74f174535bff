// The seal of the victim's machine, by its constructor.

fn forge() -> <victim::ReportState as tollgate::StateMachine>::Seal {
    victim::__Seal(())
}

fn main() {}
