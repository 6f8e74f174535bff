//! Programs that must not compile, with their errors, and programs that must compile: one file each.
//!
//! `TRYBUILD=overwrite cargo test -p tollgate-ui-tests` writes the `.stderr` files. Read each difference before you commit it.

use trybuild::TestCases;

/// A mistake in a declaration that rustc reports, or reports too. `macros/mistakes/` has those that the macros report alone.
#[test]
fn mistakes() {
    TestCases::new().compile_fail("mistakes/*.rs");
}

/// A declaration without a mistake, and an illegal use of it.
#[test]
fn illegal_uses() {
    TestCases::new().compile_fail("illegal/*.rs");
}

/// Attacks on the two laws from another crate than the machine's.
#[test]
fn attacks() {
    TestCases::new().compile_fail("attacks/*.rs");
}

/// Attacks that omit a constant: rustc evaluates it only when it generates code.
#[test]
fn attacks_when_built() {
    let cases = TestCases::new();
    // If one case must pass, trybuild builds all of them.
    cases.pass("pass/two-initial-states.rs");
    cases.compile_fail("attacks_when_built/*.rs");
}

#[test]
fn programs_that_compile() {
    TestCases::new().pass("pass/*.rs");
}
