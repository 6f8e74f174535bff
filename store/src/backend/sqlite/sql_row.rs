//! A row of SQLite.

use rusqlite::Row;
use rusqlite::types::{FromSqlResult, ValueRef};
use tollgate::chrono::{DateTime, NaiveDate, Utc};
use tollgate::uuid::Uuid;

use crate::row::sql_row::{DecodeError, SqlRow};

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
