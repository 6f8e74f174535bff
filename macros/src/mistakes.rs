//! The table of mistakes. Each file of `mistakes/` declares one mistake and shows the errors of the macros below the guilty
//! tokens.
//!
//! `UPDATE_EXPECT=1 cargo test -p tollgate-macros --lib mistakes` writes the errors. `tests/mistakes/` compiles the same
//! files with rustc.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use proc_macro2::{LineColumn, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Item, LitStr, Token};

/// A `compile_error!` of an expansion.
struct Error {
    start: LineColumn,
    end: LineColumn,
    message: String,
}

#[test]
fn mistake_in_each_file_is_reported_at_the_guilty_token() {
    let paths = paths();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.display();
        let text = fs::read_to_string(&path).expect("the file is readable");
        let declared = without_errors(&text);
        let file = syn::parse_file(&declared).unwrap_or_else(|error| panic!("{name}: {error}"));
        let errors: Vec<Error> = file.items.into_iter().flat_map(expand).flat_map(errors).collect();
        assert!(!errors.is_empty(), "{name}: the macros report no error");
        expect_file![&path].assert_eq(&with_errors(&declared, &errors));
    }
}

fn paths() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mistakes");
    let entries = fs::read_dir(folder).expect("the folder is readable");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the entry is readable").path()).collect();
    paths.sort();
    paths
}

/// Expands the derives of this crate on the item.
fn expand(item: Item) -> Vec<TokenStream> {
    let Ok(mut input) = syn::parse2::<DeriveInput>(item.into_token_stream()) else { return Vec::new() };
    let (derives, others): (Vec<Attribute>, _) =
        input.attrs.into_iter().partition(|attribute| attribute.path().is_ident("derive"));
    input.attrs = others;
    let traits = derives.iter().flat_map(|derive| {
        let paths = derive.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
        paths.expect("a derive lists paths")
    });
    let input = input.into_token_stream();
    let expansions = traits.filter_map(|path| match path.get_ident()?.to_string().as_str() {
        "StateMachine" => Some(crate::state_machine(input.clone())),
        "Subject" => Some(crate::subject::expand(input.clone())),
        "Event" => Some(crate::event::event(input.clone())),
        _ => None,
    });
    expansions.collect()
}

/// Finds the errors in an expansion. rustc underlines the range from the first token to the last.
fn errors(expansion: TokenStream) -> Vec<Error> {
    let tokens: Vec<TokenTree> = expansion.into_iter().collect();
    let errors = tokens.windows(3).filter_map(|tokens| match tokens {
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(message)] if name == "compile_error" => {
            let text: LitStr = syn::parse2(message.stream()).expect("an error is a text");
            Some(Error { start: name.span().start(), end: message.span().end(), message: text.value() })
        }
        _ => None,
    });
    errors.collect()
}

/// Returns the text without the errors that [`with_errors`] wrote.
fn without_errors(text: &str) -> String {
    let is_error = |line: &&str| line.strip_prefix("//").is_some_and(|comment| comment.trim_start().starts_with('^'));
    text.split_inclusive('\n').filter(|line| !is_error(line)).collect()
}

/// Returns the text with a comment for each error below the line in which it begins: carets and the message.
fn with_errors(text: &str, errors: &[Error]) -> String {
    let mut shown = String::new();
    for (index, line) in text.lines().enumerate() {
        shown.push_str(line);
        shown.push('\n');
        for error in errors.iter().filter(|error| error.start.line == index + 1) {
            let end = if error.end.line == error.start.line { error.end.column } else { line.chars().count() };
            let indent = error.start.column.checked_sub(2).expect("there is space for `//`; start the item with `pub`");
            let carets = end - error.start.column;
            shown.push_str(&format!("//{:indent$}{:^<carets$} {}\n", "", "", error.message));
        }
    }
    shown
}
