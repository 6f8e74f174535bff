// The victim's machine, implemented once more with guards that always hold.

impl tollgate::StateMachine for victim::ReportState {}

fn main() {}
