//! How-to pages. The items themselves have the reference.

#[doc = include_str!("guide/moving.md")]
pub mod moving {}
// The page links to items that exist only with the feature `file`.
#[cfg_attr(not(feature = "file"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/observers.md")]
pub mod observers {}
#[cfg_attr(not(feature = "file"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/sinks.md")]
pub mod sinks {}
