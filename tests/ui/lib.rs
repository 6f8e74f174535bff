//! An empty library: cargo requires one.
