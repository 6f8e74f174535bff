//! Declarations that must compile, wherever they stand: each in a file of its own, under `expansion/`.

use trybuild::TestCases;

/// A declaration whose names come from whoever calls a macro, and whose derive comes from the macro.
#[test]
#[ignore = "the method's `self` and its body are of two hygienes then, and rustc does not find the one in the other"]
fn names_may_come_from_the_caller_of_a_macro() {
    TestCases::new().pass("behaviour/expansion/names-from-a-macro.rs");
}

/// A machine each of whose states has data, where warnings are denied.
#[test]
#[ignore = "rustc warns of an unreachable call where no state is without data"]
fn every_state_may_have_data() {
    TestCases::new().pass("behaviour/expansion/data-in-every-state.rs");
}
