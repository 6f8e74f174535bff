//! Reads the cells of a row of Postgres.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tollgate::chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use tollgate::uuid::Uuid;

use crate::row::sql_row::{DecodeError, SqlRow, not_null};

impl From<sqlx::Error> for DecodeError {
    fn from(error: sqlx::Error) -> Self {
        DecodeError::new(format!("cannot be read: {error}"))
    }
}

// Unchecked, because the types of the columns are known, and JSON is read as its text.
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

    /// Reads the microseconds since 2000 that the server sends, because the driver's decoder panics at `infinity`.
    fn time(&self, at: usize) -> Result<Option<DateTime<Utc>>, DecodeError> {
        let Some(micros) = self.bigint(at)? else { return Ok(None) };
        let nanos: Option<i16> = self.try_get_unchecked(at + 1)?;
        time(micros, not_null(nanos)?).map(Some)
    }

    /// Reads the days since 2000 that the server sends.
    fn day(&self, at: usize) -> Result<Option<NaiveDate>, DecodeError> {
        self.integer(at)?.map(|days| day(days).ok_or_else(|| DecodeError::new("is not a day"))).transpose()
    }
}

/// The microseconds from 1970 to 2000.
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
        for micros in [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, -64_000_000_000_000_000, 252_455_616_000_000_000]
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
