//! The known name that a misspelt one probably means.

/// Returns the known word that is nearest to this one, if it is near enough.
///
/// Hidden: the stores use it for their own errors.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Each word is near to one of two letters.
    let limit = match word.chars().count() {
        0..=2 => 0,
        count => (count / 3).max(1),
    };
    let word = word.to_lowercase();
    let near = known.into_iter().map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate));
    near.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// Counts the letters that are added, removed, changed or swapped with the next one (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![(0..=right.len()).collect::<Vec<usize>>()];
    for row in 1..=left.len() {
        let mut costs = vec![row];
        for column in 1..=right.len() {
            let differs = usize::from(left[row - 1] != right[column - 1]);
            let mut cost =
                (rows[row - 1][column] + 1).min(costs[column - 1] + 1).min(rows[row - 1][column - 1] + differs);
            if row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1] {
                cost = cost.min(rows[row - 2][column - 2] + 1);
            }
            costs.push(cost);
        }
        rows.push(costs);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, distance};

    #[test]
    fn distance_of_two_words_is_the_number_of_edits() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "ab", 2),
            ("review", "revew", 1),
            ("draft", "daft", 1),
            ("draft", "dratf", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
            assert_eq!(distance(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn did_you_mean_returns_only_a_near_word() {
        assert_eq!(did_you_mean("Sumbit", ["approve", "submit"]), Some("submit"));
        assert_eq!(did_you_mean("fly", ["approve", "submit"]), None);
        assert_eq!(did_you_mean("a", ["b"]), None);
    }
}
