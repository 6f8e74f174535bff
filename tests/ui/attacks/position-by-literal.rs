// A position under the victim's seal, by a struct literal.

use std::marker::PhantomData;

use tollgate::__private::Position;

struct Own;

fn forge() -> Position<Own, <victim::ReportState as tollgate::StateMachine>::DeclarationToken> {
    Position { index: 2, of: PhantomData }
}

fn main() {}
