// The seal of the victim's machine, by a struct literal.

type Seal = <victim::ReportState as tollgate::StateMachine>::Seal;

fn forge() -> Seal {
    Seal { 0: () }
}

fn main() {}
