//! A time range as a range of ids: an id begins with the milliseconds of its record's time.
//!
//! The milliseconds begin in 1970. The ids of all earlier times are in the first millisecond.

use tollgate::chrono::{DateTime, Datelike, Utc};
use tollgate::uuid::Uuid;

use super::cursor::CursorPosition;
use crate::schema::sql::{Condition, Order};

/// A time range that includes its beginning and not its end.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Range {
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
}

impl Range {
    /// Returns the conditions for the range, in this order, after this place. They have at most one lower and one upper
    /// bound for the id, because a database searches an index by one of each.
    pub(crate) fn conditions(
        self,
        order: Order,
        newest_first: bool,
        position: Option<CursorPosition>,
    ) -> Vec<Condition> {
        let mut conditions = Vec::new();
        let (mut lower, mut upper) = (None, None);
        if order == Order::Id {
            lower = self.since.map(|since| (first_id_of(since.timestamp_millis()), false));
            upper = self.until.and_then(|until| {
                let part = i64::from(!is_whole(until));
                // Earlier times have ids of the first millisecond.
                let millis = until.timestamp_millis().saturating_add(part).max(1);
                (millis <= LAST).then(|| first_id_of(millis))
            });
        }
        match position {
            Some(CursorPosition::Id(id)) if newest_first => upper = Some(upper.map_or(id, |upper| upper.min(id))),
            Some(CursorPosition::Id(id)) => lower = lower.max(Some((id, true))),
            Some(CursorPosition::Version(version)) if newest_first => {
                conditions.push(Condition::VersionBefore(version));
            }
            Some(CursorPosition::Version(version)) => conditions.push(Condition::VersionAfter(version)),
            None => {}
        }
        conditions
            .extend(lower.map(|(id, is_past)| if is_past { Condition::IdAfter(id) } else { Condition::IdFrom(id) }));
        conditions.extend(upper.map(Condition::IdBefore));
        // The id does not order the times within a millisecond.
        let needs_exact_time = |time: &DateTime<Utc>| order == Order::Version || !is_whole(*time);
        // All stored times have years of four digits. A bound with another year would not sort as text.
        match self.since.filter(needs_exact_time) {
            Some(since) if since.year() > 9_999 => conditions.push(Condition::Until(beginning())),
            Some(since) => conditions.push(Condition::Since(since.max(beginning()))),
            None => {}
        }
        let until = self.until.filter(needs_exact_time).filter(|until| until.year() <= 9_999);
        conditions.extend(until.map(|until| Condition::Until(until.max(beginning()))));
        conditions
    }

    /// Returns the conditions on the time column, without the id.
    pub(crate) fn exactly(self) -> Vec<Condition> {
        self.conditions(Order::Version, false, None)
    }
}

/// The last millisecond that an id can contain: a day in the year 10889.
const LAST: i64 = (1 << 48) - 1;

/// Returns the smallest id of this millisecond since 1970. Earlier times have ids of the first millisecond.
fn first_id_of(millis: i64) -> Uuid {
    let millis = u128::try_from(millis.clamp(0, LAST)).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

/// Whether it is the beginning of a millisecond whose ids no earlier time has.
fn is_whole(time: DateTime<Utc>) -> bool {
    (1..=LAST).contains(&time.timestamp_millis()) && time.timestamp_subsec_nanos() % 1_000_000 == 0
}

/// Returns the beginning of the year 0: no record is earlier.
fn beginning() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH.with_year(0).unwrap_or(DateTime::UNIX_EPOCH)
}
