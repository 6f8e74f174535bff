//! Numbers: an `i64`, a `u64` or a finite `f64`, and their canonical text.

use serde_json::Number;

use super::{Unrecordable, ValueError, float};

/// Returns the canonical text of a finite float: the shortest digits that read back as it, always with a `.` or an `e`.
///
/// From 0.00001 (included) to 1e16 (excluded) it is written without an exponent, with a digit on both sides of the point.
/// Otherwise it is `d.ddde+x` or `d.ddde-x`: one digit before the point, no point if that is the only digit, the
/// exponent with its sign and without leading zeros.
pub(in crate::record) fn float_text(float: f64) -> String {
    // `serde_json` writes the shortest digits, and resolves a tie to the even ones; Rust's own `{:e}` does
    // not. Its older versions write the exponent without a plus.
    let shortest = Number::from_f64(float).map_or_else(|| float.to_string(), |number| number.to_string());
    match shortest.split_once('e').and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?))) {
        Some((digits, exponent)) => format!("{digits}e{exponent:+}"),
        None => shortest,
    }
}

/// Returns the number of a JSON text, if an `i64`, a `u64` or a finite `f64` holds it exactly.
pub(super) fn parsed(text: &str) -> Result<Number, ValueError> {
    let inexact = || ValueError::new(Unrecordable::Number(text.to_owned()));
    if text != "-0" {
        if let Ok(integer) = text.parse::<u64>() {
            return Ok(integer.into());
        }
        if let Ok(integer) = text.parse::<i64>() {
            return Ok(integer.into());
        }
    }
    let nearest: f64 = text.parse().map_err(|_| inexact())?;
    let is_whole = !text.contains(['.', 'e', 'E']) && text != "-0";
    if is_whole || !nearest.is_finite() || decimal(text) != decimal(&float_text(nearest)) {
        return Err(inexact());
    }
    float(nearest)
}

/// Rejects a number whose text would differ from its stored form: with `arbitrary_precision` it can be any text.
pub(super) fn check(number: &Number) -> Result<(), ValueError> {
    let held = parsed_or_float(number)?;
    if held == *number { Ok(()) } else { Err(ValueError::new(Unrecordable::Number(number.to_string()))) }
}

/// Returns the same number in the form of `parsed`. If it has more digits than a float holds, that is the nearest float,
/// as in a reader without `arbitrary_precision`.
pub(super) fn normalized(number: &Number) -> Result<Number, ValueError> {
    match parsed_or_float(number) {
        Ok(number) => Ok(number),
        Err(error) => number.as_f64().ok_or(error).and_then(float),
    }
}

fn parsed_or_float(number: &Number) -> Result<Number, ValueError> {
    if number.as_u64().is_some() {
        return Ok(number.clone());
    }
    match number.as_i64() {
        // With `arbitrary_precision` the text `-0`, which is a float.
        Some(0) => float(-0.0),
        Some(_) => Ok(number.clone()),
        None => parsed(&number.to_string()),
    }
}

/// A decimal number as its sign, its digits without zeros at either end, and the power of ten of the last one.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mut exponent: i64 = exponent.parse().ok()?;
    let (is_negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |mantissa| (true, mantissa));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    exponent = exponent.checked_add(i64::try_from(digits.len() - significant.len()).ok()?)?;
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        exponent = 0;
    }
    Some((is_negative, significant.to_owned(), exponent))
}

#[cfg(test)]
mod tests {
    use super::{float_text, parsed};

    #[test]
    fn float_text_at_each_limit_of_its_forms_is_as_documented() {
        let texts = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (100.0, "100.0"),
            (0.1, "0.1"),
            (0.015, "0.015"),
            (0.000_01, "0.00001"),
            (0.000_009_9, "9.9e-6"),
            (1e-6, "1e-6"),
            (1e15, "1000000000000000.0"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (f64::from_bits(0x431a_d693_fcb0_6901), "1888570120608320.2"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
        ];
        for (float, text) in texts {
            assert_eq!(float_text(float), text);
            assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(float.to_bits()));
        }
    }

    #[test]
    fn number_text_is_taken_only_if_64_bits_hold_it() {
        for text in ["0", "-1", "18446744073709551615", "0.1", "1.10", "1E3", "-0", "12.50e-1", "1e16"] {
            assert!(parsed(text).is_ok(), "{text}");
        }
        for text in ["18446744073709551616", "-9223372036854775809", "1e400", "0.10000000000000000001", "1e-400", "x"] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
