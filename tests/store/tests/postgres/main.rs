//! The store on Postgres: its promises, and its behaviour on failures.

mod batching;
mod charts;
mod columns;
mod commits;
mod committed;
mod defence;
mod futures;
mod kills;
mod machines;
mod outcomes;
mod places;
mod plans;
mod pool;
mod pooler;
mod proxy;
mod replication;
mod restored;
mod schemas;
mod transactions;
mod trouble;
