//! A row of either database, cell by cell.

use std::error::Error as StdError;

use tollgate::chrono::{DateTime, NaiveDate, Utc};
use tollgate::uuid::Uuid;

use crate::Error;

/// The cells of a row, by position. A time takes two of them: Postgres keeps its nanoseconds apart.
pub(crate) trait Cells {
    fn text(&self, at: usize) -> Result<Option<&str>, Error>;
    fn bytes(&self, at: usize) -> Result<Option<&[u8]>, Error>;
    fn small(&self, at: usize) -> Result<Option<i32>, Error>;
    fn big(&self, at: usize) -> Result<Option<i64>, Error>;
    fn uuid(&self, at: usize) -> Result<Uuid, Error>;
    fn time(&self, at: usize) -> Result<Option<DateTime<Utc>>, Error>;
    fn day(&self, at: usize) -> Result<NaiveDate, Error>;
}

/// What a question is answered with, row by row.
pub(crate) trait Item: Sized + Send + 'static {
    fn of(row: &impl Cells) -> Result<Self, Error>;
}

pub(crate) fn unread(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::Database { what: "reading a row".into(), source: source.into() }
}

/// What a column holds that is never null.
pub(crate) fn present<T>(cell: Option<T>) -> Result<T, Error> {
    cell.ok_or_else(|| unread("a column is null that never should be"))
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use rusqlite::Row;
    use rusqlite::types::ValueRef;
    use tollgate::chrono::{DateTime, NaiveDate, Utc};
    use tollgate::uuid::Uuid;

    use super::{Cells, unread};
    use crate::Error;

    impl Cells for Row<'_> {
        fn text(&self, at: usize) -> Result<Option<&str>, Error> {
            self.get_ref(at).map_err(unread)?.as_str_or_null().map_err(unread)
        }

        fn bytes(&self, at: usize) -> Result<Option<&[u8]>, Error> {
            self.get_ref(at).map_err(unread)?.as_blob_or_null().map_err(unread)
        }

        fn small(&self, at: usize) -> Result<Option<i32>, Error> {
            self.big(at)?.map(i32::try_from).transpose().map_err(unread)
        }

        fn big(&self, at: usize) -> Result<Option<i64>, Error> {
            self.get_ref(at).map_err(unread)?.as_i64_or_null().map_err(unread)
        }

        fn uuid(&self, at: usize) -> Result<Uuid, Error> {
            match self.get_ref(at).map_err(unread)? {
                ValueRef::Blob(bytes) => Uuid::from_slice(bytes).map_err(unread),
                _ => Err(unread("an id is not of 16 bytes")),
            }
        }

        fn time(&self, at: usize) -> Result<Option<DateTime<Utc>>, Error> {
            let Some(text) = self.text(at)? else { return Ok(None) };
            time(text).map(Some).ok_or_else(|| unread(format!("`{text}` is no time as this store writes it")))
        }

        fn day(&self, at: usize) -> Result<NaiveDate, Error> {
            self.text(at)?.and_then(|text| text.parse().ok()).ok_or_else(|| unread("a day is none"))
        }
    }

    /// The time of `2026-05-01T09:30:00.000000000Z`. By hand: the general way takes ten times as long, for each record.
    fn time(text: &str) -> Option<DateTime<Utc>> {
        let number = |from: usize, to: usize| {
            text.as_bytes()
                .get(from..to)?
                .iter()
                .try_fold(0_u32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
        };
        let is_in_form = text.len() == 30 && text.ends_with('Z');
        let year = i32::try_from(number(0, 4)?).ok()?;
        let day = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
        let time = day.and_hms_nano_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 29)?)?;
        is_in_form.then(|| time.and_utc())
    }

    #[cfg(test)]
    mod tests {
        use super::time;

        #[test]
        fn a_time_is_read_to_the_nanosecond_and_what_is_none_is_not() {
            let text = "2026-05-01T09:30:07.012345678Z";
            assert_eq!(time(text), text.parse().ok());
            for text in ["", "2026-05-01T09:30:07Z", "2026-13-01T09:30:07.012345678Z", "2026-05-01T09:30:07.01234567xZ"]
            {
                assert_eq!(time(text), None, "{text}");
            }
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use sqlx::Row as _;
    use sqlx::postgres::PgRow;
    use tollgate::chrono::{DateTime, NaiveDate, TimeDelta, Utc};
    use tollgate::uuid::Uuid;

    use super::{Cells, unread};
    use crate::Error;

    // Unchecked: what the columns hold is known, and JSON is read as the text that it is.
    impl Cells for PgRow {
        fn text(&self, at: usize) -> Result<Option<&str>, Error> {
            self.try_get_unchecked(at).map_err(unread)
        }

        fn bytes(&self, at: usize) -> Result<Option<&[u8]>, Error> {
            self.try_get_unchecked(at).map_err(unread)
        }

        fn small(&self, at: usize) -> Result<Option<i32>, Error> {
            self.try_get_unchecked(at).map_err(unread)
        }

        fn big(&self, at: usize) -> Result<Option<i64>, Error> {
            self.try_get_unchecked(at).map_err(unread)
        }

        fn uuid(&self, at: usize) -> Result<Uuid, Error> {
            self.try_get_unchecked(at).map_err(unread)
        }

        fn time(&self, at: usize) -> Result<Option<DateTime<Utc>>, Error> {
            let Some(time) = self.try_get_unchecked::<Option<DateTime<Utc>>, _>(at).map_err(unread)? else {
                return Ok(None);
            };
            let nanos: i16 = self.try_get_unchecked(at + 1).map_err(unread)?;
            Ok(Some(time + TimeDelta::nanoseconds(nanos.into())))
        }

        fn day(&self, at: usize) -> Result<NaiveDate, Error> {
            self.try_get_unchecked(at).map_err(unread)
        }
    }
}
