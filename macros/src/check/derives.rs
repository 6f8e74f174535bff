//! The rules for the traits that are derived for generated types.

use crate::model::{Derives, Machine, path_text, trait_name};
use crate::report::Report;

/// The traits that a command has already, or cannot have.
const OF_COMMANDS: &[(&str, &str)] = &[
    ("Debug", "`Debug` is implemented already, without the data, which may be secret; leave it out"),
    ("Deserialize", "`Deserialize` is implemented already; leave it out"),
    ("Default", "`Default` cannot be derived for commands, because no transition is the default; leave it out"),
];

/// Checks the derives of every generated type.
pub(super) fn check_derives(machine: &Machine, report: &mut Report) {
    check_derived_twice(&machine.command_derives, report);
    if let Some(derives) = &machine.data_derives {
        check_derived_twice(derives, report);
        check_serde_of_data(derives, report);
    }
    for (name, message) in OF_COMMANDS {
        if let Some(path) = machine.command_derives.named(name) {
            report.at(path, message);
        }
    }
}

/// The attributes of serde are on the fields of the enum. A derive for the struct would not see them.
fn check_serde_of_data(derives: &Derives, report: &mut Report) {
    for name in ["Serialize", "Deserialize"] {
        if let Some(path) = derives.named(name) {
            report
                .at(path, format_args!("`{name}` of the data would ignore the fields' serde attributes; leave it out"));
        }
    }
}

/// Two implementations of one trait would be generated.
fn check_derived_twice(derives: &Derives, report: &mut Report) {
    for (index, path) in derives.0.iter().enumerate() {
        let name = trait_name(path);
        if let Some(first) = derives.0[..index].iter().find(|earlier| trait_name(earlier) == name) {
            let (path_words, first) = (path_text(path), path_text(first));
            let message = if path_words == first {
                format!("`{name}` is derived twice; remove one of them")
            } else {
                format!("`{path_words}` is derived already, as `{first}`; remove one of them")
            };
            report.at(path, message);
        }
    }
}
