//! The store's own tables: the text of every statement, and the ids and names of a registered machine.

pub(crate) mod names;
pub(crate) mod registered;
pub(crate) mod sql;
