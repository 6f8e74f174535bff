// An enum without variants.

use tollgate::StateMachine;

#[derive(StateMachine)]
enum ReportState {}
//   ^^^^^^^^^^^ `ReportState` has no states; a state machine has a variant for each state
