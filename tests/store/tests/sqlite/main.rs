//! The promises of the store on SQLite, in real files.

#![forbid(unsafe_code)]

mod child;
mod machines;

mod attacks;
mod commits;
mod files;
mod full;
mod names;
mod paths;
mod processes;
mod restored;
mod rows;
mod together;
mod within;

/// The result of a test: `?` reports the error.
type Tested = Result<(), Box<dyn std::error::Error>>;
