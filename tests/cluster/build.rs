//! Marks the tests that lack an installed program.

#[allow(dead_code, unreachable_pub, reason = "the package uses the rest")]
#[path = "src/installed.rs"]
mod installed;

fn main() {
    installed::ignore_tests_that_lack_programs();
}
