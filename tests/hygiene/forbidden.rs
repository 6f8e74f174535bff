//! A machine with every attribute and an event, in modules of which each forbids a lint: `forbid` refuses an `allow` of that
//! lint, wherever it is, so the expansion cannot have one.

#![allow(clippy::duplicate_mod, reason = "the same declarations under each lint")]

#[path = "forbidden/declarations.rs"]
#[forbid(dead_code)]
mod dead_code;

#[path = "forbidden/declarations.rs"]
#[forbid(unused_variables)]
mod unused_variables;

#[path = "forbidden/declarations.rs"]
#[forbid(unused_imports)]
mod unused_imports;

#[path = "forbidden/declarations.rs"]
#[forbid(unreachable_code)]
mod unreachable_code;

#[path = "forbidden/declarations.rs"]
#[forbid(unreachable_patterns)]
mod unreachable_patterns;

#[path = "forbidden/declarations.rs"]
#[forbid(deprecated)]
mod deprecated;

#[path = "forbidden/declarations.rs"]
#[forbid(non_camel_case_types)]
mod non_camel_case_types;
