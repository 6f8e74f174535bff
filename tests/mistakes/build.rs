//! Lists the mistakes as modules: their names have hyphens, which the names of modules cannot have.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../macros/mistakes");
    println!("cargo:rerun-if-changed={}", folder.display());
    // Not a feature: with all features, the workspace must compile.
    println!("cargo:rerun-if-env-changed=TOLLGATE_MISTAKES");
    println!("cargo:rustc-check-cfg=cfg(mistakes)");
    if env::var_os("TOLLGATE_MISTAKES").is_some() {
        println!("cargo:rustc-cfg=mistakes");
    }
    let mut modules = String::new();
    for (index, entry) in fs::read_dir(&folder)?.enumerate() {
        modules.push_str(&format!("#[path = {:?}]\nmod mistake_{index};\n", entry?.path()));
    }
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("modules.rs"), modules)
}
