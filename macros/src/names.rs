//! Every generated name, and how names are written in records.

use proc_macro2::Span;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use crate::report::hint;
use crate::syntax::Options;

/// The names of the generated items.
pub(crate) struct Names {
    /// `Report`, for `ReportState`.
    pub(crate) base: String,
    /// `ReportMachine`
    pub(crate) machine: Ident,
    /// `AnyReport`
    pub(crate) any: Ident,
    /// `ReportTransition`
    pub(crate) transition: Ident,
    /// `ReportCreation`
    pub(crate) creation: Ident,
    /// `report_state`
    pub(crate) module: Ident,
}

/// The methods that every machine has, which a transition cannot be called.
pub(crate) const METHODS: &[&str] = &["create", "data", "into_parts", "version"];

/// The modules and the type beside the states, which a state cannot be called.
pub(crate) const MODULES: &[&str] = &["transition", "edge"];

impl Names {
    pub(crate) fn of(ident: &Ident, options: &Options) -> Self {
        let written = ident.unraw().to_string();
        let base = options.base.as_ref().map_or_else(|| base_of(&written).to_owned(), |base| base.unraw().to_string());
        let or =
            |option: &Option<Ident>, name: String| option.clone().unwrap_or_else(|| Ident::new(&name, ident.span()));
        Self {
            machine: or(&options.machine, format!("{base}Machine")),
            any: or(&options.any, format!("Any{base}")),
            transition: or(&options.transition, format!("{base}Transition")),
            creation: or(&options.creation, format!("{base}Creation")),
            module: or(&options.module, module_of(&written)),
            base,
        }
    }

    /// The item that rustc reports if another machine of the scope has the same names.
    pub(crate) fn taken(&self) -> Ident {
        format_ident!(
            "__{}_is_generated_twice__write_machine_base_on_one_enum",
            self.machine.unraw(),
            span = Span::call_site()
        )
    }

    /// `ReportReviewData`: the struct for a state's named fields.
    pub(crate) fn data(&self, state: &Ident) -> Ident {
        format_ident!("{}{}Data", self.base, state.unraw(), span = state.span())
    }
}

/// `ReportState` without its suffix.
fn base_of(name: &str) -> &str {
    let suffixes = ["State", "Status", "Phase", "Stage"];
    let stripped = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
    stripped.filter(|base| !base.is_empty()).unwrap_or(name)
}

/// A module's name that cannot be a keyword.
fn module_of(name: &str) -> String {
    let module = RenameRule::Snake.apply(name);
    if syn::parse_str::<Ident>(&module).is_ok() { module } else { format!("{module}_states") }
}

/// `to_review`: the name of a transition that was given none.
pub(crate) fn transition_to(target: &Ident) -> Ident {
    method("to", target)
}

/// `create_draft`: the method that creates a subject in this state, if several states are initial.
pub(crate) fn create_in(state: &Ident) -> Ident {
    method("create", state)
}

/// A method for a state. Underscores of the state's name are not doubled, because the name would have a lint.
fn method(prefix: &str, state: &Ident) -> Ident {
    let snake = RenameRule::Snake.apply(&state.unraw().to_string());
    let words = [prefix].into_iter().chain(snake.split('_').filter(|word| !word.is_empty()));
    Ident::new(&words.collect::<Vec<_>>().join("_"), state.span())
}

/// `create-table` for `CreateTable`: the recorded name of an event that was given none.
pub(crate) fn event(ident: &Ident) -> String {
    RenameRule::Kebab.apply(&ident.unraw().to_string())
}

/// `GoUp` for `go_up`: the marker trait and the variant of a transition.
pub(crate) fn camel(ident: &Ident) -> Ident {
    let mut name = String::new();
    for word in ident.unraw().to_string().split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    if !name.starts_with(char::is_alphabetic) {
        name.insert(0, 'T');
    }
    if name == "Self" {
        name.push('_');
    }
    Ident::new(&name, ident.span())
}

/// The name of a type parameter that none of these words is.
pub(crate) fn parameter(words: &[String]) -> Ident {
    let mut name = "S".to_owned();
    while words.contains(&name) {
        name.push('_');
    }
    Ident::new(&name, Span::call_site())
}

/// How the names of variants are written in records.
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

    /// The name of a variant by this rule, as serde's rules of the same names have it. The crate `heck` has others:
    /// `HTTPServer` is `h_t_t_p_server` here and `http_server` there.
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
    /// The name of a field by this rule, as serde has it: a field is written in snake case to begin with.
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

#[cfg(test)]
mod tests {
    use quote::format_ident;

    use super::*;

    #[test]
    fn methods_for_states_have_no_double_underscore() {
        let names = [("Draft", "draft"), ("InReview", "in_review"), ("_A", "a"), ("A_B", "a_b"), ("r#dyn", "dyn")];
        for (state, name) in names {
            let state = format_ident!("{state}");
            assert_eq!(create_in(&state), format!("create_{name}"));
            assert_eq!(transition_to(&state), format!("to_{name}"));
        }
    }
}
