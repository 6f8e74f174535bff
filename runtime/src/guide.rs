//! How-to pages. The items themselves have the reference.

// It links to an item that exists only with the feature `file`.
#[cfg_attr(not(feature = "file"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/changing_a_chart.md")]
pub mod changing_a_chart {}
#[doc = include_str!("guide/moving.md")]
pub mod moving {}
// The same.
#[cfg_attr(not(feature = "file"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/observers.md")]
pub mod observers {}
// The same.
#[cfg_attr(not(feature = "file"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/sinks.md")]
pub mod sinks {}
#[doc = include_str!("guide/testing.md")]
pub mod testing {}
#[doc = include_str!("guide/web_handlers.md")]
pub mod web_handlers {}
