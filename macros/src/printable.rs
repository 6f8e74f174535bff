//! The characters that a recorded name must not have, because they do not print.

use std::fmt::Display;

/// Returns an error message if the text has an unprintable character.
///
/// Unprintable are control characters, line and paragraph separators, characters that change the direction of text, and the
/// byte order mark. The set is that of `runtime/src/record/printable.rs`, which escapes ids and other texts that are known
/// only at run time.
///
/// Catalogs, diagrams and errors print a name on one line. With such a character, a name would start a new line there, or
/// look like another name.
pub(crate) fn unprintable(what: impl Display, text: &str) -> Option<String> {
    let character = text.chars().find(|character| is_unprintable(*character))?;
    Some(format!("{what} has the unprintable character U+{:04X}; leave it out", u32::from(character)))
}

fn is_unprintable(character: char) -> bool {
    let is_mark = matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') || is_mark
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    /// Returns the messages of the `compile_error!`s in an expansion.
    fn errors(expansion: &TokenStream) -> Vec<String> {
        let text = expansion.to_string();
        let parts = text.split("compile_error ! { \"").skip(1);
        parts.filter_map(|part| part.split("\" }").next()).map(str::to_owned).collect()
    }

    fn machine(on_enum: &TokenStream, on_state: &TokenStream, on_transition: &TokenStream) -> Vec<String> {
        errors(&crate::state_machine(quote! {
            #on_enum
            #[transition(open, from = Shut, to = Ajar #on_transition)]
            enum DoorState {
                #[state(initial)]
                Shut,
                #on_state
                #[state(terminal)]
                Ajar { by: String },
            }
        }))
    }

    #[test]
    fn name_with_unprintable_character_is_refused_in_each_attribute() {
        for (text, shown) in [("a\n## x", "000A"), ("a\u{202e}b", "202E"), ("\u{2028}", "2028"), ("\u{feff}a", "FEFF")]
        {
            let none = TokenStream::new();
            let found = [
                (machine(&quote!(#[machine(name = #text)]), &none, &none), "`name`"),
                (machine(&quote!(#[machine(was = #text)]), &none, &none), "`was`"),
                (machine(&none, &quote!(#[state(rename = #text)]), &none), "`rename`"),
                (machine(&none, &quote!(#[state(was = #text)]), &none), "`was`"),
                (machine(&none, &none, &quote!(, rename = #text)), "`rename`"),
                (machine(&none, &none, &quote!(, was = #text)), "`was`"),
                (
                    errors(&crate::event::event(quote!(
                        #[event(name = #text)]
                        struct Login;
                    ))),
                    "`name`",
                ),
                (
                    errors(&crate::event::event(quote!(
                        #[event(was = #text)]
                        struct Login;
                    ))),
                    "`was`",
                ),
                (
                    errors(&crate::subject::expand(quote!(
                        #[subject(kind = #text)]
                        struct Row(#[subject(id)] u8);
                    ))),
                    "`kind`",
                ),
                (
                    errors(&crate::subject::expand(quote!(
                        #[subject(table = #text)]
                        struct Row(#[subject(id)] u8);
                    ))),
                    "`table`",
                ),
                (
                    errors(&crate::subject::expand(quote!(
                        #[subject(table = "rows", key = #text)]
                        struct Row(#[subject(id)] u8);
                    ))),
                    "`key`",
                ),
            ];
            for (errors, key) in found {
                // An empty name is refused as empty: U+2028 alone is white space.
                let expected = if text.trim().is_empty() {
                    format!("{key} is empty; leave it out, or ")
                } else {
                    format!("{key} has the unprintable character U+{shown}; leave it out")
                };
                assert!(errors.len() == 1 && errors[0].starts_with(&expected), "{expected}: {errors:?}");
            }
        }
    }

    #[test]
    fn name_by_serde_with_unprintable_character_is_refused() {
        let expected = ["the name of `by` has the unprintable character U+0007; leave it out"];
        for rename in [quote!(rename = "\u{7}"), quote!(rename = "a\u{7}"), quote!(alias = "a\u{7}")] {
            let errors = errors(&crate::state_machine(quote! {
                enum DoorState {
                    #[state(initial, terminal, record)]
                    Shut { #[serde(#rename)] by: String },
                }
            }));
            assert_eq!(errors, expected, "{rename}");
        }
        for rename in [quote!(rename = "a\u{7}"), quote!(rename(serialize = "a\u{7}")), quote!(alias = "a\u{7}")] {
            let errors = errors(&crate::event::event(quote!(
                struct Login {
                    #[serde(#rename)]
                    by: String,
                }
            )));
            assert_eq!(errors, expected, "{rename}");
        }
    }

    #[test]
    fn printable_name_of_any_script_is_accepted() {
        for text in ["Zoë 🦀", "a/b", "報告", "ann's"] {
            let none = TokenStream::new();
            assert_eq!(machine(&quote!(#[machine(name = #text)]), &none, &none), [""; 0]);
            assert_eq!(
                errors(&crate::event::event(quote!(
                    #[event(name = #text)]
                    struct Login;
                ))),
                [""; 0]
            );
        }
    }
}
