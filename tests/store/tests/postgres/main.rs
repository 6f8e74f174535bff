//! The store on Postgres: what it promises, and what it does when things fail.

mod batching;
mod commits;
mod machines;
