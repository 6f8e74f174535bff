//! The text of a path or a type, in the form in which charts, refusals and errors show it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// Returns a path as the chart shows it: its tokens with the spaces of rustfmt. A plain path has no spaces.
pub(crate) fn path_text(path: &impl ToTokens) -> String {
    let mut parts = Vec::new();
    split(path.to_token_stream(), &mut parts);
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 && has_space(&parts[index - 1], part) {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}

/// Words, lifetimes, brackets and marks, with `::` and `->` as one.
fn split(tokens: TokenStream, parts: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => {
                        split(group.stream(), parts);
                        continue;
                    }
                };
                parts.push(open.to_owned());
                split(group.stream(), parts);
                parts.push(close.to_owned());
            }
            TokenTree::Punct(mark) => match (parts.last_mut(), mark.as_char()) {
                (Some(last), ':') if last == ":" => last.push(':'),
                (Some(last), '>') if last == "-" => last.push('>'),
                (_, mark) => parts.push(mark.to_string()),
            },
            TokenTree::Ident(_) | TokenTree::Literal(_) => match parts.last_mut() {
                Some(last) if last == "'" => last.push_str(&token.to_string()),
                _ => parts.push(token.to_string()),
            },
        }
    }
}

/// Returns whether a space belongs between these parts.
fn has_space(left: &str, right: &str) -> bool {
    const AROUND: &[&str] = &["->", "+", "="];
    const AFTER: &[&str] = &[",", ";", ":", "{", "as", "dyn", "mut", "const", "unsafe"];
    const ENDS: &[&str] = &[")", "]", ">", ",", ";", ":"];
    if ENDS.contains(&right) {
        return false;
    }
    // The type of a lifetime follows it, as in `'a [u8]`.
    AROUND.contains(&left)
        || AROUND.contains(&right)
        || AFTER.contains(&left)
        || right == "}"
        || left.starts_with('\'') && right != "::"
        || is_word(right) && (is_word(left) || [")", "]", "}", ">"].contains(&left))
}

fn is_word(part: &str) -> bool {
    part.starts_with(|letter: char| letter.is_alphanumeric() || "_\"'".contains(letter))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn plain_path_has_no_spaces() {
        assert_eq!(path_text(&quote!(crate::rules::has_title)), "crate::rules::has_title");
        assert_eq!(path_text(&quote!(::rules::<3>::is_longer::<u8>)), "::rules::<3>::is_longer::<u8>");
        assert_eq!(path_text(&quote!(r#try::_ok::<-1>)), "r#try::_ok::<-1>");
    }

    #[test]
    fn path_with_types_has_the_spaces_of_rustfmt() {
        let paths = [
            (quote!(<Report as Checks>::ok), "<Report as Checks>::ok"),
            (quote!(<Vec<u8> as Checks>::ok), "<Vec<u8> as Checks>::ok"),
            (quote!(<(u8, Vec<u8>,) as Checks<u8, 9>>::ok), "<(u8, Vec<u8>,) as Checks<u8, 9>>::ok"),
            (quote!(<[u8; 2] as ::rules::Checks>::ok), "<[u8; 2] as ::rules::Checks>::ok"),
            (quote!(<&'a mut [u8] as Checks>::ok), "<&'a mut [u8] as Checks>::ok"),
            (quote!(<&'static [u8] as Checks<'a, 'b>>::ok), "<&'static [u8] as Checks<'a, 'b>>::ok"),
            (quote!(ok::<fn(u8, u8) -> Vec<u8>>), "ok::<fn(u8, u8) -> Vec<u8>>"),
            (quote!(ok::<dyn Fn(&u8) -> u8 + Send + 'static>), "ok::<dyn Fn(&u8) -> u8 + Send + 'static>"),
            (quote!(ok::<unsafe extern "C" fn(*const u8)>), "ok::<unsafe extern \"C\" fn(*const u8)>"),
            (quote!(ok::<for<'x> fn(&'x u8)>), "ok::<for<'x> fn(&'x u8)>"),
            (quote!(ok::<dyn Iterator<Item = u8>>), "ok::<dyn Iterator<Item = u8>>"),
            (quote!(ok::<{ 1 + 1 }>), "ok::<{ 1 + 1 }>"),
        ];
        for (path, text) in paths {
            assert_eq!(path_text(&path), text);
        }
    }
}
