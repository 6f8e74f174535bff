//! The history page: what happened to an order, its payment and its shipment, merged by time.

use std::iter::Peekable;
use std::vec;

use serde::Serialize;
use tollgate::{Record, StateMachine};
use tollgate_store::{Cursor, Store};

use super::order::OrderState;
use super::payment::PaymentState;
use super::problem::Problem;
use super::request::BadRequest;
use super::shipment::ShipmentState;

/// The query of a page: `order=newest&limit=20&after=..`, each of which may be left out.
#[derive(Debug)]
pub(crate) struct Wanted {
    is_newest_first: bool,
    limit: u32,
    after: Places,
}

/// The versions at which the previous page ended: of the order, the payment and the shipment. `None` if it showed nothing
/// of that machine. As a text `3-2-0`, which is what a client sees.
#[derive(Debug, Clone, Copy, Default)]
struct Places([Option<u64>; 3]);

/// A page, and the path of the next one.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    records: Vec<Record>,
    next: Option<String>,
}

/// Reads a page: as much of each of the three histories as it can hold, of which the first are taken.
pub(crate) async fn page(store: &Store, id: i64, wanted: &Wanted) -> Result<Page, Problem> {
    let mut histories = [
        part::<OrderState>(store, id, wanted, wanted.after.0[0]).await?,
        part::<PaymentState>(store, id, wanted, wanted.after.0[1]).await?,
        part::<ShipmentState>(store, id, wanted, wanted.after.0[2]).await?,
    ];
    let (mut records, mut places) = (Vec::new(), wanted.after);
    while records.len() < wanted.limit as usize {
        let Some(index) = first(&mut histories, wanted.is_newest_first) else { break };
        let record = histories[index].next().expect("`first` has found a record in this history");
        places.0[index] = record.version;
        records.push(record);
    }
    let has_more = histories.iter_mut().any(|history| history.peek().is_some());
    Ok(Page { records, next: has_more.then(|| wanted.path(id, places)) })
}

type History = Peekable<vec::IntoIter<Record>>;

/// One more record than a page can hold shows whether there is a next page.
async fn part<M: StateMachine>(
    store: &Store,
    id: i64,
    wanted: &Wanted,
    after: Option<u64>,
) -> Result<History, Problem> {
    let mut history = store.records().of::<M>(id);
    if wanted.is_newest_first {
        history = history.newest_first();
    }
    if let Some(version) = after {
        // The place in one subject's history is a version.
        let direction = if wanted.is_newest_first { "before" } else { "after" };
        let cursor: Cursor = format!("{direction}-{version}").parse()?;
        history = history.after(&cursor);
    }
    Ok(history.page(wanted.limit + 1).await?.records.into_iter().peekable())
}

/// Returns the version at which each history continues. Ids are in the order of time, and in the order of the steps that
/// were committed as one.
fn first(histories: &mut [History; 3], is_newest_first: bool) -> Option<usize> {
    let heads = histories.iter_mut().enumerate().filter_map(|(index, history)| Some((history.peek()?.id, index)));
    let first = if is_newest_first { heads.max() } else { heads.min() };
    first.map(|(_, index)| index)
}

impl Wanted {
    /// Reads the part of a URL after the question mark.
    pub(crate) fn read(query: &str) -> Result<Self, BadRequest> {
        let mut wanted = Self { is_newest_first: true, limit: 20, after: Places::default() };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let refuse = |why| Err(BadRequest::malformed(format!("`{pair}`: {why}")));
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("order", "newest") => wanted.is_newest_first = true,
                ("order", "oldest") => wanted.is_newest_first = false,
                ("order", _) => return refuse("the order is `newest` or `oldest`"),
                ("limit", limit) => match limit.parse() {
                    Ok(limit @ 1..=100) => wanted.limit = limit,
                    _ => return refuse("a page has 1 to 100 records"),
                },
                ("after", place) => match Places::read(place) {
                    Some(places) => wanted.after = places,
                    None => return refuse("this is not a position in a history; use `next` of the previous page"),
                },
                (other, _) => {
                    let words =
                        format!("`{other}` is not a parameter of this query; there are `order`, `limit` and `after`");
                    return Err(BadRequest::malformed(words));
                }
            }
        }
        Ok(wanted)
    }

    fn path(&self, id: i64, Places(places): Places) -> String {
        let order = if self.is_newest_first { "newest" } else { "oldest" };
        let places = places.map(|place| place.unwrap_or_default().to_string()).join("-");
        format!("/orders/{id}/history?order={order}&limit={}&after={places}", self.limit)
    }
}

impl Places {
    /// No record has version 0, so 0 means that the page showed none.
    fn read(text: &str) -> Option<Self> {
        let places: Vec<u64> = text.split('-').map(|place| place.parse().ok()).collect::<Option<_>>()?;
        let places: [u64; 3] = places.try_into().ok()?;
        Some(Self(places.map(|place| Some(place).filter(|place| *place > 0))))
    }
}
