//! Ignores the tests whose program is not installed.

fn main() {
    tollgate_cluster::ignore_tests_that_lack_programs();
}
