//! The names of the generated items and methods.

use proc_macro2::Span;
use quote::format_ident;
use syn::Ident;
use syn::ext::IdentExt;

use crate::rename_rule::RenameRule;
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

/// The methods of every machine, whose names a transition cannot have.
pub(crate) const METHODS: &[&str] = &["create", "data", "into_parts", "version"];

/// The modules next to the states, whose names a state cannot have.
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

    /// Returns the item that rustc reports if another machine of the scope has the same names.
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

/// Returns `Report` for `ReportState`.
fn base_of(name: &str) -> &str {
    let suffixes = ["State", "Status", "Phase", "Stage"];
    let stripped = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
    stripped.filter(|base| !base.is_empty()).unwrap_or(name)
}

/// Returns a name for the module that is not a keyword.
fn module_of(name: &str) -> String {
    let module = RenameRule::Snake.apply(name);
    if syn::parse_str::<Ident>(&module).is_ok() { module } else { format!("{module}_states") }
}

/// `to_review`: the name of a transition without a name.
pub(crate) fn transition_to(target: &Ident) -> Ident {
    method("to", target)
}

/// `create_draft`: the method that creates a subject in this state, if several states are initial.
pub(crate) fn create_in(state: &Ident) -> Ident {
    method("create", state)
}

/// Returns the name of a method for a state, without double underscores, which rustc's lints would report.
fn method(prefix: &str, state: &Ident) -> Ident {
    let snake = RenameRule::Snake.apply(&state.unraw().to_string());
    let words = [prefix].into_iter().chain(snake.split('_').filter(|word| !word.is_empty()));
    Ident::new(&words.collect::<Vec<_>>().join("_"), state.span())
}

/// `create-table` for `CreateTable`: the recorded name of an event without a name.
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

/// Returns a name for a type parameter that is not among these words.
pub(crate) fn parameter(words: &[String]) -> Ident {
    let mut name = "S".to_owned();
    while words.contains(&name) {
        name.push('_');
    }
    Ident::new(&name, Span::call_site())
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
