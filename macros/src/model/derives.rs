//! The traits that are derived for a generated type: those that the compiler derives, and those that the expansion writes.

use syn::Path;
use syn::ext::IdentExt;

/// The traits, as they were written.
#[derive(Default)]
pub(crate) struct Derives(pub(crate) Vec<Path>);

impl Derives {
    /// Returns the traits for a `#[derive(..)]` in the expansion, each once and without these.
    pub(crate) fn passed<'a>(&'a self, without: &'a [&'a str]) -> impl Iterator<Item = &'a Path> {
        let fresh = |index: usize, name: &str| !self.0[..index].iter().any(|earlier| trait_name(earlier) == name);
        self.0.iter().enumerate().filter_map(move |(index, path)| {
            let name = trait_name(path);
            (fresh(index, &name) && !without.contains(&name.as_str())).then_some(path)
        })
    }

    /// Returns the first path to a trait of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Path> {
        self.0.iter().find(|path| trait_name(path) == name)
    }
}

/// Returns the last word of the path: `Serialize`, for `serde::Serialize`.
pub(crate) fn trait_name(path: &Path) -> String {
    path.segments.last().map(|segment| segment.ident.unraw().to_string()).unwrap_or_default()
}
