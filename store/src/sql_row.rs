//! A row of either database, cell by cell. A cell that does not hold what its column should is an error, never a panic.

use std::fmt;

use tollgate::chrono::{DateTime, NaiveDate, Utc};
use tollgate::uuid::Uuid;

use crate::Error;

/// The cells of a row, by position. A time takes two of them: Postgres keeps its nanoseconds apart.
pub(crate) trait SqlRow {
    fn text(&self, at: usize) -> Result<Option<&str>, DecodeError>;
    fn bytes(&self, at: usize) -> Result<Option<&[u8]>, DecodeError>;
    fn integer(&self, at: usize) -> Result<Option<i32>, DecodeError>;
    fn bigint(&self, at: usize) -> Result<Option<i64>, DecodeError>;
    fn uuid(&self, at: usize) -> Result<Option<Uuid>, DecodeError>;
    fn time(&self, at: usize) -> Result<Option<DateTime<Utc>>, DecodeError>;
    fn day(&self, at: usize) -> Result<Option<NaiveDate>, DecodeError>;
}

/// One row of the answer to a query.
pub(crate) trait FromRow: Sized + Send + 'static {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error>;
}

/// Why a cell cannot be read, as the rest of a sentence that begins with its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecodeError(pub(crate) String);

impl DecodeError {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    fn not_a_time(what: impl fmt::Display) -> Self {
        Self(format!("is not a time from year 0 to 9999 without a leap second: `{what}`"))
    }
}

impl From<DecodeError> for Error {
    fn from(misread: DecodeError) -> Self {
        Error::Database { what: "reading a row".into(), cause: format!("a column {}", misread.0).into() }
    }
}

/// The value of a column that is never null.
pub(crate) fn not_null<T>(cell: Option<T>) -> Result<T, DecodeError> {
    cell.ok_or_else(|| DecodeError::new("is null"))
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use rusqlite::Row;
    use rusqlite::types::{FromSqlResult, ValueRef};
    use tollgate::chrono::{DateTime, NaiveDate, Utc};
    use tollgate::uuid::Uuid;

    use super::{DecodeError, SqlRow};

    fn cell<'r, T>(
        row: &'r Row<'_>,
        at: usize,
        read: impl FnOnce(&ValueRef<'r>) -> FromSqlResult<T>,
    ) -> Result<T, DecodeError> {
        let cell = row.get_ref(at).map_err(|error| DecodeError::new(format!("is missing: {error}")))?;
        read(&cell).map_err(|error| DecodeError::new(format!("cannot be read: {error}")))
    }

    impl SqlRow for Row<'_> {
        fn text(&self, at: usize) -> Result<Option<&str>, DecodeError> {
            cell(self, at, ValueRef::as_str_or_null)
        }

        fn bytes(&self, at: usize) -> Result<Option<&[u8]>, DecodeError> {
            cell(self, at, ValueRef::as_blob_or_null)
        }

        fn integer(&self, at: usize) -> Result<Option<i32>, DecodeError> {
            let narrowed = self.bigint(at)?.map(i32::try_from).transpose();
            narrowed.map_err(|_| DecodeError::new("is out of the range of 32 bits"))
        }

        fn bigint(&self, at: usize) -> Result<Option<i64>, DecodeError> {
            cell(self, at, ValueRef::as_i64_or_null)
        }

        fn uuid(&self, at: usize) -> Result<Option<Uuid>, DecodeError> {
            let id = self.bytes(at)?.map(Uuid::from_slice).transpose();
            id.map_err(|_| DecodeError::new("is not 16 bytes long"))
        }

        fn time(&self, at: usize) -> Result<Option<DateTime<Utc>>, DecodeError> {
            let Some(text) = self.text(at)? else { return Ok(None) };
            time(text).map(Some).ok_or_else(|| DecodeError::not_a_time(text))
        }

        fn day(&self, at: usize) -> Result<Option<NaiveDate>, DecodeError> {
            let day = self.text(at)?.map(str::parse).transpose();
            day.map_err(|_| DecodeError::new("is not a day"))
        }
    }

    /// The time of `2026-05-01T09:30:00.000000000Z`. Not by chrono's parser, which takes ten times as long for each record.
    fn time(text: &str) -> Option<DateTime<Utc>> {
        const FORM: &[u8; 30] = b"0000-00-00T00:00:00.000000000Z";
        let is_in_form = text.len() == FORM.len()
            && text.bytes().zip(FORM).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                _ => byte == *form,
            });
        if !is_in_form {
            return None;
        }
        let number = |from: usize, to: usize| {
            text.as_bytes()[from..to].iter().fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'))
        };
        let day = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)).ok()?, number(5, 7), number(8, 10))?;
        let time = day.and_hms_nano_opt(number(11, 13), number(14, 16), number(17, 19), number(20, 29))?;
        Some(time.and_utc())
    }

    #[cfg(test)]
    mod tests {
        use super::time;

        #[test]
        fn time_in_the_stored_form_is_read_to_the_nanosecond() {
            for text in
                ["2026-05-01T09:30:07.012345678Z", "0000-01-01T00:00:00.000000000Z", "9999-12-31T23:59:59.999999999Z"]
            {
                assert_eq!(time(text), text.parse().ok(), "{text}");
            }
        }

        #[test]
        fn time_in_another_form_is_not_read() {
            for text in [
                "",
                "2026-05-01T09:30:07Z",
                "2026-13-01T09:30:07.012345678Z",
                "2026-02-30T09:30:07.012345678Z",
                "2026-05-01T09:30:60.012345678Z",
                "2026-05-01T24:00:00.000000000Z",
                "2026-05-01T09:30:07.01234567xZ",
                "2026-05-01 09:30:07.012345678Z",
                "2026-05-01T09:30:07.0123456789",
                "+026-05-01T09:30:07.012345678Z",
            ] {
                assert_eq!(time(text), None, "{text}");
            }
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use sqlx::Row as _;
    use sqlx::postgres::PgRow;
    use tollgate::chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
    use tollgate::uuid::Uuid;

    use super::{DecodeError, SqlRow, not_null};

    impl From<sqlx::Error> for DecodeError {
        fn from(error: sqlx::Error) -> Self {
            DecodeError::new(format!("cannot be read: {error}"))
        }
    }

    // Unchecked: the types of the columns are known, and JSON is read as the text that it is.
    impl SqlRow for PgRow {
        fn text(&self, at: usize) -> Result<Option<&str>, DecodeError> {
            Ok(self.try_get_unchecked(at)?)
        }

        fn bytes(&self, at: usize) -> Result<Option<&[u8]>, DecodeError> {
            Ok(self.try_get_unchecked(at)?)
        }

        fn integer(&self, at: usize) -> Result<Option<i32>, DecodeError> {
            Ok(self.try_get_unchecked(at)?)
        }

        fn bigint(&self, at: usize) -> Result<Option<i64>, DecodeError> {
            Ok(self.try_get_unchecked(at)?)
        }

        fn uuid(&self, at: usize) -> Result<Option<Uuid>, DecodeError> {
            Ok(self.try_get_unchecked(at)?)
        }

        /// As the server sends it, in microseconds since 2000: the driver's decoder panics at `infinity`.
        fn time(&self, at: usize) -> Result<Option<DateTime<Utc>>, DecodeError> {
            let Some(micros) = self.bigint(at)? else { return Ok(None) };
            let nanos: Option<i16> = self.try_get_unchecked(at + 1)?;
            time(micros, not_null(nanos)?).map(Some)
        }

        /// As the server sends it, in days since 2000.
        fn day(&self, at: usize) -> Result<Option<NaiveDate>, DecodeError> {
            self.integer(at)?.map(|days| day(days).ok_or_else(|| DecodeError::new("is not a day"))).transpose()
        }
    }

    /// Microseconds from 1970 to 2000.
    const EPOCH: i64 = 946_684_800_000_000;

    fn time(micros: i64, nanos: i16) -> Result<DateTime<Utc>, DecodeError> {
        match micros {
            i64::MAX => return Err(DecodeError::not_a_time("infinity")),
            i64::MIN => return Err(DecodeError::not_a_time("-infinity")),
            _ => {}
        }
        if !(0..1000).contains(&nanos) {
            return Err(DecodeError::not_a_time(format_args!("{nanos} ns past the microsecond")));
        }
        let whole = micros.checked_add(EPOCH).and_then(DateTime::from_timestamp_micros);
        let time = whole.and_then(|whole| whole.checked_add_signed(TimeDelta::nanoseconds(nanos.into())));
        time.filter(|time| (0..=9999).contains(&time.year()))
            .ok_or_else(|| DecodeError::not_a_time(format_args!("{micros} µs since 2000")))
    }

    fn day(days: i32) -> Option<NaiveDate> {
        let epoch = NaiveDate::from_ymd_opt(2000, 1, 1)?;
        let distance = Days::new(days.unsigned_abs().into());
        if days < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }
    }

    #[cfg(test)]
    mod tests {
        use super::{day, time};

        #[test]
        fn time_at_either_end_is_read_or_refused_without_a_panic() {
            assert_eq!(time(0, 7).map(|time| time.to_string()), Ok("2000-01-01 00:00:00.000000007 UTC".to_owned()));
            for micros in
                [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, -64_000_000_000_000_000, 252_455_616_000_000_000]
            {
                assert!(time(micros, 0).is_err(), "{micros}");
            }
            for nanos in [-1, 1000, i16::MIN, i16::MAX] {
                assert!(time(0, nanos).is_err(), "{nanos}");
            }
        }

        #[test]
        fn day_at_either_end_is_read_or_refused_without_a_panic() {
            assert_eq!(day(-1).map(|day| day.to_string()).as_deref(), Some("1999-12-31"));
            assert_eq!((day(i32::MAX), day(i32::MIN)), (None, None));
        }
    }
}
