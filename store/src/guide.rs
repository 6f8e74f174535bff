//! How to use the store: from an existing table to a first commit, and to operation.
#![doc = include_str!("guide/store.md")]
