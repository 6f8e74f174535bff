//! The names of states in compile errors. rustc prints a type by its bare name only if no other public item of the crate
//! graph has that name, so tollgate must not have items with the names of common states.

use std::env;
use std::path::Path;
use std::process::Command;

/// States that share their name with an item of std, which no crate can avoid.
const TAKEN_BY_STD: [&str; 7] = ["Pending", "Ready", "Done", "Complete", "Captured", "Disabled", "Unknown"];

/// The short sibling is `tests/ui/illegal/states-with-common-names.rs`: fewer states, without the names of the store.
#[test]
#[ignore = "long: run by .ci/run full"]
fn illegal_transition_names_common_states_without_their_path() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("common_states");
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "check",
            "--package",
            "tollgate-test-common-states",
            "--features",
            "illegal",
            "--offline",
            "--target-dir",
        ])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    let states = common_states::STATES;
    assert!(states.len() >= 50, "{}", states.len());
    for state in states {
        let bare = format!("illegal transition: `come_back` does not leave `{state}`");
        let path = format!("illegal transition: `come_back` does not leave `{}::", state.to_lowercase());
        assert_ne!(errors.contains(&bare), errors.contains(&path), "{state} is named once:\n{errors}");
        assert_eq!(errors.contains(&path), TAKEN_BY_STD.contains(state), "{state}");
    }
}
