//! Two sinks that refuse, a file that is full and a policy: the machine stays where it was, and the same step
//! is tried again with the same record id.

#![allow(clippy::print_stdout, reason = "an example prints to its user")]

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tollgate::{AnyStep, Cause, CommitError, Record, Sink, StateMachine, serde_json};

/// A contract.
#[derive(StateMachine)]
#[transition(sign,   from = Draft,  to = Signed, requires(actor))]
#[transition(cancel, from = Signed, to = Cancelled, requires(actor, reason))]
enum ContractState {
    #[state(initial)]
    Draft,
    Signed,
    #[state(terminal)]
    Cancelled,
}

/// A file of records with a limit of bytes.
struct SmallFile {
    path: PathBuf,
    file: File,
    taken: usize,
    room: usize,
}

impl Sink for SmallFile {
    type Error = io::Error;

    /// The limit is checked before anything is written, so a refused record leaves nothing behind.
    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        if self.taken + line.len() > self.room {
            let (taken, room, path) = (self.taken, self.room, self.path.display());
            let words =
                format!("`{path}` is full: {taken} of {room} bytes are taken, and the record has {}", line.len());
            return Err(io::Error::new(io::ErrorKind::StorageFull, words));
        }
        let written = self.file.write_all(&line);
        if written.is_ok() {
            self.taken += line.len();
        } else {
            // Half a line must not stay: the next record would be joined to it.
            self.file.set_len(self.taken as u64)?;
            self.file.seek(SeekFrom::End(0))?;
        }
        written
    }
}

/// A policy in front of a sink: it accepts what the policy allows and the sink accepts.
struct Policy<K> {
    sink: K,
    is_holiday: bool,
}

impl<K: Sink<Error = io::Error>> Sink for Policy<K> {
    type Error = io::Error;

    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        if self.is_holiday && record.transition.as_deref() == Some("cancel") {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "nothing is cancelled on a holiday"));
        }
        self.sink.on_success(record)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut file = small_file(Path::new("target/refusing_sink.jsonl"), 400)?;
    println!("A file with room for {} bytes:", file.room);
    let contract = AnyContract::from(ContractMachine::create("c-12").by("ann").commit(&mut file)?);
    println!("  create  accepted: {}", place(&contract));

    let mut step = contract.fire(ContractTransition::Sign)?.by("ann");
    let first = step.record_id();
    let Err(refused) = step.commit(&mut file) else { return Err("the file is too small for two records".into()) };
    let step = kept(refused)?;

    println!("Space is freed, and the same step is retried:");
    file.room = 4000;
    let contract = step.commit(&mut file)?;
    println!("  sign    accepted: {}", place(&contract));
    println!("  the record in the file has the id of the first try: {}", last_id(&file)? == first.to_string());

    println!("A policy in front of the file:");
    let mut policy = Policy { sink: file, is_holiday: true };
    let mut step = contract.fire(ContractTransition::Cancel)?.by("bob").because("never delivered");
    let first = step.record_id();
    let Err(refused) = step.commit(&mut policy) else { return Err("it is a holiday".into()) };
    let step = kept(refused)?;

    println!("The next day:");
    policy.is_holiday = false;
    let contract = step.commit(&mut policy)?;
    println!("  cancel  accepted: {}", place(&contract));
    println!("  the record in the file has the id of the first try: {}", last_id(&policy.sink)? == first.to_string());
    println!("The file holds {} records: one for each step, none for a try.", lines(&policy.sink)?.len());
    Ok(())
}

/// Prints the cause, and shows that nothing is lost: the step holds the machine, and the machine is in its old state.
fn kept(refused: CommitError<AnyStep<ContractState>, io::Error>) -> Result<AnyStep<ContractState>, Box<dyn Error>> {
    let Cause::Sink(error) = refused.cause() else { return Err(refused.into()) };
    println!("  refused: {error}");
    let step = refused.into_step();
    println!("  the contract stays as it was: {}", place(step.machine()));
    Ok(step)
}

fn place(contract: &AnyContract) -> String {
    format!("{}, version {}", contract.state().name, contract.version())
}

fn small_file(path: &Path, room: usize) -> io::Result<SmallFile> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(SmallFile { path: path.to_owned(), file: File::create(path)?, taken: 0, room })
}

fn lines(file: &SmallFile) -> io::Result<Vec<Record>> {
    let text = fs::read_to_string(&file.path)?;
    text.lines().map(|line| serde_json::from_str(line).map_err(io::Error::from)).collect()
}

fn last_id(file: &SmallFile) -> io::Result<String> {
    Ok(lines(file)?.last().map(|record| record.id.to_string()).unwrap_or_default())
}
