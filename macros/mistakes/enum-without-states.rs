// An enum without variants.

use tollgate::StateMachine;

#[derive(StateMachine)]
enum ReportState {}

fn main() {}
