//! What the compiler leaves of two transitions without an audit: prints the instructions of tollgate's and of the hand-written ones, and fails if tollgate's call anything.

#![allow(clippy::print_stdout, reason = "it prints what it found")]

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("tollgate's two steps call something: see above");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing is called: no clock, no allocation, no record.
fn run() -> Result<bool, Box<dyn Error>> {
    if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        println!("not tried: of this processor's instructions it is not known here which are calls");
        return Ok(true);
    }
    let assembly = fs::read_to_string(compile()?)?;
    let by_hand = function(&assembly, "by_hand")?;
    let tollgate = function(&assembly, "with_tollgate")?;
    for (name, instructions) in [("by hand", &by_hand), ("tollgate, NoAudit", &tollgate)] {
        println!("two steps {name}: {} instructions", instructions.len());
        for instruction in instructions {
            println!("    {instruction}");
        }
    }
    let calls = tollgate.iter().filter(|instruction| is_call(instruction)).count();
    println!("calls in tollgate's: {calls}");
    Ok(calls == 0)
}

/// Compiles this package's library to assembly, in a folder of its own, and says where that is.
fn compile() -> Result<PathBuf, Box<dyn Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().nth(2).ok_or("this package is no longer two folders below the root")?;
    // Not the folder of the cargo that may be running this: it could be locked, or hold other flags' output.
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("assembly");
    let status = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["rustc", "--quiet", "--release", "-p", "tollgate-benches", "--lib", "--"])
        // One unit, or the functions may be in any of several files.
        .args(["--emit", "asm", "-C", "codegen-units=1"])
        .current_dir(root)
        .env("CARGO_TARGET_DIR", &target)
        .status()?;
    if !status.success() {
        return Err("cargo could not compile the library".into());
    }
    newest(&target.join("release/deps"))
}

fn newest(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with("tollgate_benches-") || path.extension().is_none_or(|extension| extension != "s") {
            continue;
        }
        let modified = path.metadata()?.modified()?;
        if newest.as_ref().is_none_or(|(time, _)| *time < modified) {
            newest = Some((modified, path));
        }
    }
    let (_, path) = newest.ok_or("the compiler wrote no assembly")?;
    Ok(path)
}

/// The instructions of `two_steps` in that module, without labels and directives.
fn function<'a>(assembly: &'a str, module: &str) -> Result<Vec<&'a str>, Box<dyn Error>> {
    let mut lines = assembly.lines();
    // Both ways in which rustc mangles names spell the path in clear.
    let is_head = |line: &&str| {
        line.ends_with(':')
            && !line.starts_with(['.', ' ', '\t'])
            && line.contains(module)
            && line.contains("two_steps")
    };
    if lines.find(is_head).is_none() {
        return Err(format!("no `two_steps` of `{module}` in the assembly").into());
    }
    let body = lines.take_while(|line| {
        let line = line.trim();
        !line.starts_with(".cfi_endproc") && !line.starts_with(".size") && !line.starts_with(".Lfunc_end")
    });
    let is_instruction =
        |line: &&str| !line.is_empty() && !line.starts_with(['.', '#', '/', ';']) && !line.ends_with(':');
    let instructions: Vec<&str> = body.map(str::trim).filter(is_instruction).collect();
    if instructions.is_empty() {
        return Err(format!("`two_steps` of `{module}` has no instructions").into());
    }
    Ok(instructions)
}

/// A call, or a jump out of the function, which is a call in the last place.
fn is_call(instruction: &str) -> bool {
    let mut words = instruction.split_whitespace();
    let operation = words.next().unwrap_or_default();
    let is_local = words.next().is_some_and(|target| target.starts_with(".L"));
    operation.starts_with("call")
        || matches!(operation, "bl" | "blr" | "br")
        || (operation.starts_with('j') || operation == "b") && !is_local
}
