// The seal of the victim's machine, by a struct literal.

type DeclarationToken = <victim::ReportState as tollgate::StateMachine>::DeclarationToken;

fn forge() -> DeclarationToken {
    DeclarationToken { 0: () }
}

fn main() {}
