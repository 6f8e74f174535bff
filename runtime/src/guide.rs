//! Pages that say how, beside the items that say what.

#[doc = include_str!("guide/moving.md")]
pub mod moving {}
#[doc = include_str!("guide/observers.md")]
pub mod observers {}
