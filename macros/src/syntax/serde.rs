//! serde's attributes as written: their keys, and the values of those that concern records and commands. `model` gives
//! the keys a meaning, and `check` rejects some of them.

use proc_macro2::{Group, Span};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, ExprPath, Ident, Lit, LitStr, Token, token};

use super::entries::{set_once, text};
use super::path_text;
use crate::report::Report;

/// A key in an attribute of serde.
pub(crate) struct SerdeKey {
    pub(crate) word: String,
    pub(crate) span: Span,
}

/// `rename`: a name that is written, and one that is read.
#[derive(Default)]
pub(crate) struct Name {
    pub(crate) written: Option<LitStr>,
    pub(crate) read: Option<LitStr>,
}

/// The value of a field that is absent.
pub(crate) enum DefaultValue {
    /// `default`
    Default,
    /// `default = "path"`
    Path(ExprPath),
}

/// `#[serde(..)]` on a field of a state
#[derive(Default)]
pub(crate) struct FieldAttributes {
    /// Every key, in order.
    pub(crate) keys: Vec<SerdeKey>,
    pub(crate) rename: Option<Name>,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) default: Option<DefaultValue>,
    /// The function that reads the field: `deserialize_with = "path"`.
    pub(crate) deserialize_with: Option<ExprPath>,
    /// The function that writes the field: `serialize_with = "path"`.
    pub(crate) serialize_with: Option<ExprPath>,
    /// The module of two functions, which write and read the field: `with = "path"`.
    pub(crate) with: Option<ExprPath>,
}

/// Reads the keys on the enum, or on a variant.
pub(super) fn keys(attributes: &[Attribute]) -> Vec<SerdeKey> {
    let mut keys = Vec::new();
    // A key on the enum or a variant is rejected, or left to serde's derive, which reports malformed values.
    let _ = each(attributes, |word, meta| {
        keys.push(SerdeKey { word: word.to_owned(), span: meta.path.span() });
        skip_value(meta)
    });
    keys
}

impl FieldAttributes {
    pub(super) fn read(attributes: &[Attribute], report: &mut Report) -> Self {
        let mut read = Self::default();
        let result = each(attributes, |word, meta| {
            read.keys.push(SerdeKey { word: word.to_owned(), span: meta.path.span() });
            let Some(key) = meta.path.get_ident() else { return skip_value(meta) };
            match word {
                "rename" => set_once(&mut read.rename, key, Name::of(key, meta, report)?),
                "alias" => {
                    read.aliases.push(text(key, meta.input, report)?);
                    Ok(())
                }
                "default" if meta.input.peek(Token![=]) => {
                    set_once(&mut read.default, key, DefaultValue::Path(path(key, meta, report)?))
                }
                "default" => set_once(&mut read.default, key, DefaultValue::Default),
                "deserialize_with" => set_once(&mut read.deserialize_with, key, path(key, meta, report)?),
                "serialize_with" => set_once(&mut read.serialize_with, key, path(key, meta, report)?),
                "with" => set_once(&mut read.with, key, path(key, meta, report)?),
                _ => skip_value(meta),
            }
        });
        if let Err(error) = result {
            report.add(error);
        }
        read
    }
}

impl Name {
    /// `rename = ".."`, or a name for each direction. A value of another kind is reported.
    fn of(key: &Ident, meta: &ParseNestedMeta<'_>, report: &mut Report) -> syn::Result<Self> {
        let mut name = Self::default();
        if meta.input.peek(token::Paren) {
            name.read(meta)?;
        } else {
            let both = text(key, meta.input, report)?;
            (name.written, name.read) = (Some(both.clone()), Some(both));
        }
        Ok(name)
    }

    /// `= ".."`, or `(serialize = "..", deserialize = "..")`.
    pub(crate) fn read(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if meta.input.peek(Token![=]) {
            let name: LitStr = meta.value()?.parse()?;
            (self.written, self.read) = (Some(name.clone()), Some(name));
            return Ok(());
        }
        meta.parse_nested_meta(|meta| {
            if meta.path.is_ident("serialize") {
                self.written = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("deserialize") {
                self.read = Some(meta.value()?.parse()?);
            } else {
                return Err(meta.error("the keys here are `serialize` and `deserialize`"));
            }
            Ok(())
        })
    }
}

/// `key = "path"`
fn path(key: &Ident, meta: &ParseNestedMeta<'_>, report: &mut Report) -> syn::Result<ExprPath> {
    let path = text(key, meta.input, report)?;
    path.parse().map_err(|_| syn::Error::new(path.span(), format_args!("`{key}` takes a path in quotes")))
}

/// Calls `entry` for each key in the attributes of serde. A key that cannot be read ends its attribute.
pub(crate) fn each(
    attributes: &[Attribute],
    mut entry: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    let mut result = Ok(());
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let read = attribute.parse_nested_meta(|meta| entry(&path_text(&meta.path), &meta));
        match (&mut result, read) {
            (Err(earlier), Err(error)) => syn::Error::combine(earlier, error),
            (Ok(()), read) => result = read,
            (Err(_), Ok(())) => {}
        }
    }
    result
}

/// Skips the value of a key.
pub(crate) fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        let _: Lit = meta.value()?.parse()?;
    } else if meta.input.peek(token::Paren) {
        let _: Group = meta.input.parse()?;
    }
    Ok(())
}
