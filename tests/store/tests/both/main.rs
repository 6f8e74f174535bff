//! What holds on both databases.

mod queries;
