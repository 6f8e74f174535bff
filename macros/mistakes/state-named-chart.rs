// A state under the name of the constant that holds the chart.

use tollgate::{Id, StateMachine};

#[derive(StateMachine)]
#[transition(draw, from = Blank, to = CHART)]
enum SheetState {
    #[state(initial)]
    Blank,
    #[state(terminal)]
    CHART,
//  ^^^^^ `CHART` is a generated constant; rename the state and record it with `#[state(rename = "CHART")]`
}

fn main() {
    let mut log = Vec::new();
    let sheet = SheetMachine::create(Id::from(7)).commit(&mut log).unwrap();
    let _ = sheet.draw().commit(&mut log);
}
