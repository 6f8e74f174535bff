//! The code of the pages that belong to no crate: doctests of the READMEs. The tests are the other files of this package.

/// The README of the repository.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Repository;

/// The README of the package `tollgate`. Its crate page is another text, in `runtime/src/lib.rs`.
#[cfg(doctest)]
#[doc = include_str!("../runtime/README.md")]
pub struct Runtime;

/// The README of the package `tollgate-macros`.
#[cfg(doctest)]
#[doc = include_str!("../macros/README.md")]
pub struct Macros;
