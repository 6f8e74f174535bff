//! Adds the names of edges to decoded records.

use tollgate::Record;

use crate::Error;
use crate::backend::Executor;
use crate::backend::edges;
use crate::error::Unreadable;
use crate::row::decode::{Decoded, no_edge};
use crate::row::sql_row::{FromRow, SqlRow};

impl FromRow for Decoded {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        Ok(Decoded::of(row)?)
    }
}

/// Returns the records with the names of their edges, and the reason for each that cannot be read.
pub(crate) async fn with_edge_names<E: Executor>(
    executor: &E,
    decoded: Vec<Decoded>,
) -> Result<Vec<Result<Record, Box<Unreadable>>>, Error> {
    let edges = edges::named(executor, decoded.iter().filter_map(|decoded| decoded.edge)).await?;
    let named = decoded.into_iter().map(|Decoded { id, version, edge, record, .. }| {
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
