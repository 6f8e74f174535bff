//! The store on Postgres: what it promises, and what it does when things fail.

mod batching;
mod commits;
mod futures;
mod kills;
mod machines;
mod outcomes;
mod proxy;
