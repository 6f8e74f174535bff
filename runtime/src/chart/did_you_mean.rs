//! The known name that a misspelt one probably means.

use strsim::osa_distance;

/// Returns the known word that is nearest to this one, if it is near enough.
///
/// Hidden: the stores use it for their own errors.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A word of one or two letters is near to too many other words.
    let limit = match word.chars().count() {
        0..=2 => 0,
        count => (count / 3).max(1),
    };
    let word = word.to_lowercase();
    let near = known.into_iter().map(|candidate| (osa_distance(&word, &candidate.to_lowercase()), candidate));
    near.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn did_you_mean_returns_only_a_near_word() {
        assert_eq!(did_you_mean("Sumbit", ["approve", "submit"]), Some("submit"));
        assert_eq!(did_you_mean("fly", ["approve", "submit"]), None);
        assert_eq!(did_you_mean("a", ["b"]), None);
    }
}
