//! Pages that say how, beside the items that say what.

#[doc = include_str!("guide/moving.md")]
pub mod moving {}
// What the durable file has is linked to, and is there with its feature alone.
#[cfg_attr(not(feature = "file"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/observers.md")]
pub mod observers {}
#[cfg_attr(not(feature = "file"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/sinks.md")]
pub mod sinks {}
