//! A plugin in a crate that depends on tollgate alone: its own event types, and serde by way
//! of `tollgate::serde`.

#![deny(warnings, missing_docs, clippy::pedantic)]

pub mod times;

use std::sync::atomic::{AtomicUsize, Ordering};

use tollgate::hub::RegistrationError;
use tollgate::serde::{Deserialize, Serialize};
use tollgate::{Actor, Event, EventStep, Hub, Record};

/// A comment was written on a table.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
#[event(requires(actor))]
pub struct CommentOnTable {
    /// The name of the database.
    pub database: String,
    /// The name of the table.
    pub table: String,
    /// The text of the comment, which only its readers may see.
    #[event(redact)]
    pub text: String,
    /// The rows that the page showed, for the plugin itself.
    #[event(skip)]
    pub shown: Shown,
}

/// The rows that a page showed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
pub struct Shown {
    /// The numbers of the rows.
    pub rows: Vec<u64>,
}

/// A user asked to delete all comments.
#[derive(Debug, Clone, Copy, PartialEq, Event, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
#[event(name = "comments/clear", requires(actor, reason))]
pub struct ClearComments;

/// Builds the step of the button under a comment.
pub fn comment(database: &str, table: &str, text: &str) -> EventStep<CommentOnTable> {
    let shown = Shown { rows: vec![1, 2, 3] };
    let event = CommentOnTable { database: database.to_owned(), table: table.to_owned(), text: text.to_owned(), shown };
    event.occurred()
}

/// Returns the plugin itself as the actor, for events without a user.
#[must_use]
pub fn actor() -> Actor {
    Actor::service("comments")
}

/// The records that the plugin has received.
#[derive(Debug, Default)]
pub struct Heard {
    comments: AtomicUsize,
    others: AtomicUsize,
}

impl Heard {
    /// Returns the number of comments and of other records.
    pub fn counts(&self) -> (usize, usize) {
        (self.comments.load(Ordering::Relaxed), self.others.load(Ordering::Relaxed))
    }
}

/// Registers the plugin's events, and subscribes to those of others.
///
/// # Errors
///
/// If another plugin has an event of the same name.
pub fn install<'h>(hub: &mut Hub<'h>, heard: &'h Heard) -> Result<(), RegistrationError> {
    hub.register::<ClearComments>()?;
    hub.on::<CommentOnTable>(|comment, _| {
        if comment.table.is_empty() {
            return Err("a comment on no table");
        }
        heard.comments.fetch_add(1, Ordering::Relaxed);
        Ok(())
    })?
    .named("comments");
    hub.on_any(|record: &Record| {
        if record.event.as_deref() != Some(CommentOnTable::TYPE.name) {
            heard.others.fetch_add(1, Ordering::Relaxed);
        }
    })
    .named("the rest")
    .last();
    Ok(())
}
