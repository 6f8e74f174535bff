//! The rule of the chains of errors: no text of a source occurs in a text above it.

use std::error::Error;
use std::iter::successors;

/// Returns the texts of an error and its sources, from the outside in.
///
/// # Panics
///
/// If a text repeats, or is empty.
pub fn texts_once(error: &(dyn Error + 'static)) -> Vec<String> {
    let texts: Vec<String> = successors(Some(error), |error| (*error).source()).map(ToString::to_string).collect();
    for (depth, text) in texts.iter().enumerate() {
        assert!(!text.is_empty(), "{texts:?}");
        assert!(!texts[..depth].iter().any(|above| above.contains(text.as_str())), "`{text}` repeats in {texts:?}");
    }
    texts
}
