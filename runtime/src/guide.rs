//! How-to pages: each answers the questions of one task. The items themselves have the reference.
//!
//! | you want to | page |
//! | --- | --- |
//! | choose a sink, write your own, or read a log back | [sinks] |
//! | notify other code, or plugins, of what was recorded | [observers] |
//! | write a plugin in a separate crate | [plugins] |
//! | test a workflow: records, guards, illegal moves, a sink that refuses | [testing] |
//! | commit in a web handler: statuses, buttons, stale pages, retries, cancellation | [web handlers](web_handlers) |
//! | rename, retire or tighten something that old records use, or deploy it while the program runs | [changing a chart](changing_a_chart) |
//! | keep the state of your table and its history in SQLite or Postgres | [the guide of `tollgate-store`](https://docs.rs/tollgate-store/latest/tollgate_store/guide/) |
//! | move from Viewflow, django-fsm-log or Datasette | [moving] |
//!
//! Begin with the example of the [crate], then read [sinks] to choose a sink and [testing] to test your machine.

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
#[doc = include_str!("guide/plugins.md")]
pub mod plugins {}
// The same.
#[cfg_attr(not(feature = "file"), allow(rustdoc::broken_intra_doc_links))]
#[doc = include_str!("guide/sinks.md")]
pub mod sinks {}
#[doc = include_str!("guide/testing.md")]
pub mod testing {}
#[doc = include_str!("guide/web_handlers.md")]
pub mod web_handlers {}
