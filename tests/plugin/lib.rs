//! A plugin, as somebody would write it who depends on tollgate alone: event types of its own, serde by way
//! of `tollgate::serde`.

#![deny(warnings, missing_docs, clippy::pedantic)]

use tollgate::serde::{Deserialize, Serialize};
use tollgate::{Actor, Event, EventStep};

/// Somebody commented on a table.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
#[event(requires(actor))]
pub struct CommentOnTable {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// What was said, which is nobody's business but the reader's.
    #[event(redact)]
    pub text: String,
    /// What the page has shown, for the plugin itself.
    #[event(skip)]
    pub shown: Shown,
}

/// What a page has shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
pub struct Shown {
    /// The numbers of the rows.
    pub rows: Vec<u64>,
}

/// Somebody asked for all comments to be gone.
#[derive(Debug, Clone, Copy, PartialEq, Event, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
#[event(name = "comments/clear", requires(actor, reason))]
pub struct ClearComments;

/// What happens when somebody presses the button under a comment.
pub fn comment(database: &str, table: &str, text: &str) -> EventStep<CommentOnTable> {
    let shown = Shown { rows: vec![1, 2, 3] };
    let event = CommentOnTable { database: database.to_owned(), table: table.to_owned(), text: text.to_owned(), shown };
    event.occurred()
}

/// The plugin itself, where nobody presses anything.
#[must_use]
pub fn actor() -> Actor {
    Actor::service("comments")
}
