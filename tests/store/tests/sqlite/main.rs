//! What the store promises on SQLite, in real files.

#![forbid(unsafe_code)]

mod commits;
mod machines;

/// What a test gives back: `?` says what went wrong.
type Tested = Result<(), Box<dyn std::error::Error>>;
