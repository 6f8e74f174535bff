//! The store on Postgres: what it promises, and what it does when things fail.

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
