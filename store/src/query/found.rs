//! A row as a record: straight from its cells, with the names of its edge put in afterwards.

use tollgate::__private::bare_record;
use tollgate::{Digest, Record, SubjectRef};

use super::ask::Ask;
use super::cells::{Cells, Item, present};
use super::edges;
use crate::row::{actor_of, kind_of, parsed};
use crate::{Error, name};

/// A record without the names of its edge.
#[derive(Debug)]
pub(crate) struct Found {
    record: Record,
    edge: Option<i32>,
}

impl Item for Found {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        let id = row.uuid(0)?;
        let unread = |why: String| Error::Unreadable { id, why };
        let owned = |at| Ok::<_, Error>(row.text(at)?.map(str::to_owned));
        let kind = present(row.text(3)?)?;
        let kind = kind_of(kind).ok_or_else(|| unread(format!("`{kind}` is no kind of record")))?;
        let mut record = bare_record(id, present(row.time(1)?)?, kind);
        let subject = row.text(4)?.zip(row.text(5)?);
        record.subject = subject.map(|(kind, id)| SubjectRef { kind: kind.to_owned().into(), id: name::from_text(id) });
        record.version = row.big(7)?.map(u64::try_from).transpose().map_err(|error| unread(error.to_string()))?;
        if let Some((kind, actor)) = row.text(8)?.zip(row.text(9)?) {
            let actor = actor_of(kind, name::from_text(actor));
            let mut actor = actor.ok_or_else(|| unread(format!("`{kind}` is no kind of actor")))?;
            actor.display = owned(10)?;
            actor.on_behalf_of = parsed(row.text(11)?).map_err(unread)?;
            record.actor = Some(actor);
        }
        record.reason = owned(12)?;
        record.context = parsed(row.text(13)?).map_err(unread)?.unwrap_or_default();
        record.data = parsed(row.text(14)?).map_err(unread)?;
        let prev = row.bytes(15)?.map(<[u8; 32]>::try_from).transpose();
        record.prev = prev.map_err(|_| unread("its `prev` is not of 32 bytes".to_owned()))?.map(Digest::new);
        record.event = owned(16)?.map(Into::into);
        record.properties = parsed(row.text(17)?).map_err(unread)?;
        record.refused_by = owned(18)?.map(Into::into);
        record.refusal = owned(19)?;
        Ok(Self { record, edge: row.small(6)? })
    }
}

/// The records, named.
pub(crate) async fn named<A: Ask>(ask: &A, found: Vec<Found>) -> Result<Vec<Record>, Error> {
    let edges = edges::named(ask, found.iter().filter_map(|found| found.edge)).await?;
    let named = found.into_iter().map(|Found { mut record, edge }| {
        if let Some(edge) = edge {
            let unread = || Error::Unreadable { id: record.id, why: format!("there is no edge {edge}") };
            edges.get(&edge).ok_or_else(unread)?.name(&mut record);
        }
        Ok(record)
    });
    named.collect()
}
