// An enum without variants.

use tollgate::StateMachine;

#[derive(StateMachine)]
enum ReportState {}
//   ^^^^^^^^^^^ `ReportState` has no states; add a variant for each state
