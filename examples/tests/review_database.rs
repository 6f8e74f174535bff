//! The example `review` with `--db`.
