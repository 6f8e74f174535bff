//! Reads a row as a record: directly from its cells, then with the names of its edge.

use tollgate::Record;

use super::ask::Ask;
use super::edges;
use crate::Error;
use crate::cells::{Cells, Item};
use crate::decode::{Decoded, no_edge};
use crate::error::Unreadable;

impl Item for Decoded {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        Ok(Decoded::of(row)?)
    }
}

/// Returns the records with their names; an unreadable record is an error in its place.
pub(crate) async fn named<A: Ask>(ask: &A, found: Vec<Decoded>) -> Result<Vec<Result<Record, Box<Unreadable>>>, Error> {
    let edges = edges::named(ask, found.iter().filter_map(|found| found.edge)).await?;
    let named = found.into_iter().map(|Decoded { id, version, edge, record, .. }| {
        let named = record.and_then(|mut record| {
            if let Some(edge) = edge {
                edges.get(&edge).ok_or_else(|| no_edge(edge))?.name(&mut record);
            }
            Ok(record)
        });
        named.map_err(|why| Decoded::unreadable(id, version, why))
    });
    Ok(named.collect())
}
