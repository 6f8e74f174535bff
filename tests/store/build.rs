//! Marks the tests that lack an installed program.

fn main() {
    tollgate_cluster::ignore_tests_that_lack_programs();
}
