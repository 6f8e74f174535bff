//! The rules of serde's `rename_all`, by which names of variants and fields are written in records.

use syn::LitStr;

use crate::report::hint;

/// A rule for names.
#[derive(Clone, Copy)]
pub(crate) enum RenameRule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl RenameRule {
    const ALL: [(&'static str, Self); 8] = [
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
        ("PascalCase", Self::Pascal),
        ("camelCase", Self::Camel),
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("SCREAMING-KEBAB-CASE", Self::ScreamingKebab),
    ];

    pub(crate) fn of(written: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == written).map(|(_, rule)| *rule)
    }

    pub(crate) fn read(text: &LitStr) -> syn::Result<Self> {
        let written = text.value();
        Self::of(&written).ok_or_else(|| {
            let hint = hint(&written, "the rules are", Self::ALL.iter().map(|(name, _)| *name));
            syn::Error::new(text.span(), format_args!("`{written}` is not a rule for names{hint}"))
        })
    }

    /// Returns the name of a variant by this rule, with the result of serde. The crate `heck` differs: it writes
    /// `HTTPServer` as `http_server`, serde as `h_t_t_p_server`.
    pub(crate) fn apply(self, variant: &str) -> String {
        let snake = || {
            let mut snake = String::new();
            for (index, letter) in variant.char_indices() {
                if index > 0 && letter.is_uppercase() {
                    snake.push('_');
                }
                snake.extend(letter.to_lowercase());
            }
            snake
        };
        match self {
            Self::Lower => variant.to_lowercase(),
            Self::Upper => variant.to_uppercase(),
            Self::Pascal => variant.to_owned(),
            Self::Camel => {
                let mut letters = variant.chars();
                letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
            }
            Self::Snake => snake(),
            Self::ScreamingSnake => snake().to_uppercase(),
            Self::Kebab => snake().replace('_', "-"),
            Self::ScreamingKebab => snake().to_uppercase().replace('_', "-"),
        }
    }

    /// Returns the name of a field by this rule, with the result of serde. A field's own name is in snake case.
    pub(crate) fn apply_to_field(self, field: &str) -> String {
        let pascal = || {
            let mut pascal = String::new();
            let mut is_start = true;
            for letter in field.chars() {
                match letter {
                    '_' => is_start = true,
                    _ if is_start => {
                        pascal.push(letter.to_ascii_uppercase());
                        is_start = false;
                    }
                    _ => pascal.push(letter),
                }
            }
            pascal
        };
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(),
            Self::Camel => Self::Camel.apply(&pascal()),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}
