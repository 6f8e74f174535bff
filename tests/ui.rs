//! What must not compile and what it says, and what must: a file each, under `ui/`.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the `.stderr` files anew. Read each one before it goes in.

use trybuild::TestCases;

/// A mistake in a declaration: one error for each, at the guilty token, and none that follows from it.
#[test]
fn mistakes() {
    TestCases::new().compile_fail("ui/mistakes/*.rs");
}

/// A machine that is used as it must not be.
#[test]
fn illegal_uses() {
    TestCases::new().compile_fail("ui/illegal/*.rs");
}

/// The two laws, attacked from a crate that is not the machine's.
#[test]
fn attacks() {
    TestCases::new().compile_fail("ui/attacks/*.rs");
}

/// Attacks that leave a constant unstated: the compiler finds out where it is needed, which is when it builds.
#[test]
fn attacks_when_built() {
    let cases = TestCases::new();
    // One that passes has all of them built.
    cases.pass("ui/pass/two-initial-states.rs");
    cases.compile_fail("ui/attacks_when_built/*.rs");
}

#[test]
fn what_compiles() {
    TestCases::new().pass("ui/pass/*.rs");
}
