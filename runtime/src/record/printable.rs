//! Texts of users for display: on one line, with control characters escaped.

use std::fmt::{self, Write};

/// A text with its control characters escaped, so that an id with a line break cannot begin a new line, and one
/// with a terminal's escape sequence or a change of direction cannot hide what follows it.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.contains(is_unprintable) {
            return formatter.pad(self.0);
        }
        let mut text = String::with_capacity(self.0.len() + 8);
        for character in self.0.chars() {
            if is_unprintable(character) {
                write!(text, "{}", character.escape_default())?;
            } else {
                text.push(character);
            }
        }
        formatter.pad(&text)
    }
}

fn is_unprintable(character: char) -> bool {
    // Line and paragraph separators, marks that change the direction of a text, and the byte order mark.
    let is_mark = matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') || is_mark
}

#[cfg(test)]
mod tests {
    use super::Printable;

    #[test]
    fn printable_text_with_control_characters_is_on_one_line() {
        let texts = [
            ("ann", "ann"),
            ("Zoë 🦀", "Zoë 🦀"),
            ("a\nb", "a\\nb"),
            ("a\r\u{0}b", "a\\r\\u{0}b"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\u{202e}b\u{2028}c", "a\\u{202e}b\\u{2028}c"),
            ("a\u{200f}b\u{feff}", "a\\u{200f}b\\u{feff}"),
        ];
        for (text, printed) in texts {
            assert_eq!(Printable(text).to_string(), printed);
        }
        assert_eq!(format!("{:>4}|{:<4}|", Printable("a"), Printable("\n")), "   a|\\n  |");
    }
}
