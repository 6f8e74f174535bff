//! Declarations that must compile, wherever they stand: each in a file of its own, under `expansion/`.

use trybuild::TestCases;

/// A declaration whose names come from whoever calls a macro, and whose derive comes from the macro.
#[test]
fn names_may_come_from_the_caller_of_a_macro() {
    TestCases::new().pass("behaviour/expansion/names-from-a-macro.rs");
}

/// A machine each of whose states has data, where warnings are denied.
#[test]
fn every_state_may_have_data() {
    TestCases::new().pass("behaviour/expansion/data-in-every-state.rs");
}
