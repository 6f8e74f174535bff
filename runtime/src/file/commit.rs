//! Group commit: the commits of many threads and tasks become one write and one sync.
//!
//! A commit puts its lines into the last batch of the queue. If no thread is writing, the committing thread leads: it writes
//! and syncs that batch itself, so a commit that is alone waits only for the disk. Batches that are queued meanwhile are left
//! to the log's writer thread, which continues while there is work, without being woken between two batches. Tasks
//! cannot lead; the writer thread writes for them from the first batch on.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use super::chain;
use super::disk::{Disk, Entry, Taken};
use super::error::{FileError, Operation};
use super::options::{Durability, Rotation};
use super::queue::{Group, KEPT, Queue, Ticket, lock};
use super::telling::Telling;
use crate::record::{Record, write_line};
use crate::sink::Offers;

/// The part of a log that its threads share.
pub(super) struct Shared {
    path: PathBuf,
    durability: Durability,
    is_daily: bool,
    is_chained: bool,
    /// Locked only briefly, and never during a disk operation: tasks lock it too.
    queue: Mutex<Queue>,
    /// Wakes the writer thread.
    work: Condvar,
    /// Locked by the leading thread during its disk operations.
    pub(super) disk: Mutex<Disk>,
    pub(super) telling: Telling,
}

/// The size at which the buffer of `OnFlush` is written.
const CAPACITY: usize = 64 * 1024;

thread_local! {
    static LINES: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Shared {
    pub(super) fn new(disk: Disk, durability: Durability) -> Self {
        Self {
            path: disk.names.current.clone(),
            durability,
            is_daily: disk.rotation == Some(Rotation::Daily),
            is_chained: disk.head.is_some(),
            queue: Mutex::default(),
            work: Condvar::new(),
            disk: Mutex::new(disk),
            telling: Telling::default(),
        }
    }

    /// Takes these records as one, and returns when they are as durable as the options state.
    pub(super) fn commit(self: &Arc<Self>, offers: Offers<'_>) -> Result<(), FileError> {
        self.check(offers.records())?;
        if offers.is_empty() {
            return Ok(());
        }
        if self.durability == Durability::OnFlush {
            while self.buffer(offers).is_some() {
                self.drain(true)?;
            }
            return Ok(());
        }
        let ticket = self.with_lines(offers.records(), |lines, entry| self.enqueue(lines, entry, offers, false));
        if ticket.leads {
            self.lead();
        }
        ticket.wait()
    }

    /// [`commit`](Shared::commit) for a task: the writer thread does the disk operations.
    pub(super) async fn commit_async(self: &Arc<Self>, offers: Offers<'_>) -> Result<(), FileError> {
        self.check(offers.records())?;
        if offers.is_empty() {
            return Ok(());
        }
        self.start_writer(&mut lock(&self.queue))?;
        if self.durability == Durability::OnFlush {
            while let Some(group) = self.buffer(offers) {
                self.call_writer(&mut lock(&self.queue));
                Ticket { group, index: 0, leads: false }.ready().await?;
            }
            return Ok(());
        }
        let ticket = self.with_lines(offers.records(), |lines, entry| self.enqueue(lines, entry, offers, true));
        ticket.ready().await
    }

    fn check(&self, records: &[Record]) -> Result<(), FileError> {
        if self.telling.is_under_way() {
            return Err(FileError::FromObserver { path: self.path.clone() });
        }
        for record in records {
            let refused = |cause| FileError::Unrecordable { path: self.path.clone(), id: record.id, cause };
            record.check_for_line().map_err(refused)?;
        }
        Ok(())
    }

    /// Serialises the records, outside of all locks.
    fn with_lines<T>(&self, records: &[Record], then: impl FnOnce(&mut Vec<u8>, Entry) -> T) -> T {
        // A thread that is ending has no thread-local buffer.
        let mut lines = LINES.try_with(Cell::take).unwrap_or_default();
        for record in records {
            if self.is_chained {
                chain::write_linked(record, &mut lines);
            } else {
                write_line(record, &mut lines);
            }
            lines.push(b'\n');
        }
        let day = if self.is_daily { records.iter().map(|record| record.at.date_naive()).max() } else { None };
        let entry = Entry { length: lines.len(), records: records.len(), day };
        let result = then(&mut lines, entry);
        lines.clear();
        lines.shrink_to(KEPT);
        let _ = LINES.try_with(|kept| kept.set(lines));
        result
    }

    fn enqueue(&self, lines: &mut Vec<u8>, entry: Entry, offers: Offers<'_>, is_task: bool) -> Ticket {
        let told = self.telling.later(offers.records());
        let mut queue = lock(&self.queue);
        if self.durability == Durability::EachRecord {
            queue.begin_batch();
        }
        let batch = queue.last_batch();
        batch.add(lines, entry, offers, told);
        let (group, index) = (Arc::clone(&batch.group), batch.entries.len() - 1);
        let leads = !std::mem::replace(&mut queue.is_led, true);
        if leads && is_task {
            self.call_writer(&mut queue);
        }
        Ticket { group, index, leads }
    }

    /// Writes the first batch, and leaves the batches that were queued meanwhile to the writer thread.
    fn lead(self: &Arc<Self>) {
        let mut is_more = true;
        while is_more {
            let mut is_left_to_writer = false;
            is_more = self.write_first(|queue| {
                is_left_to_writer = self.start_writer(queue).is_ok();
                if is_left_to_writer {
                    self.call_writer(queue);
                }
            });
            // If the writer thread cannot be started, this thread writes until the queue is empty.
            is_more &= !is_left_to_writer;
        }
    }

    /// Writes the first batch. If there is another one, calls `hand_on` before it wakes the waiting commits. Returns whether
    /// there is.
    fn write_first(&self, hand_on: impl FnOnce(&mut Queue)) -> bool {
        let mut disk = lock(&self.disk);
        let first = lock(&self.queue).batches.pop_front();
        let done = first.map(|mut batch| {
            let taken = disk.write(&mut batch, true);
            self.telling.tell(&batch.told[..batch.told_of(taken.entries)]);
            (batch, taken)
        });
        drop(disk);
        let mut queue = lock(&self.queue);
        let is_more = !queue.batches.is_empty();
        queue.is_led = is_more;
        if is_more {
            hand_on(&mut queue);
        }
        if let Some((batch, taken)) = done {
            let group = queue.keep(batch);
            drop(queue);
            group.publish(taken);
        }
        is_more
    }

    /// Puts the records into the buffer, which is written later. If the buffer is full, returns the group that waits for it to
    /// be written.
    fn buffer(&self, offers: Offers<'_>) -> Option<Arc<Group>> {
        // Observers are notified in the order of the buffer.
        let mut turn = self.telling.turn();
        let full = self.with_lines(offers.records(), |lines, entry| {
            let mut queue = lock(&self.queue);
            let batch = queue.last_batch();
            if batch.lines.len() >= CAPACITY {
                return Some(Arc::clone(&batch.group));
            }
            batch.add(lines, entry, offers, Vec::new());
            None
        });
        if let (None, Some(observers)) = (&full, &mut turn) {
            self.telling.tell_at_once(observers, offers.records());
        }
        full
    }

    /// Writes the buffer. Records that could not be written stay in it.
    fn drain(&self, only_if_full: bool) -> Result<(), FileError> {
        let mut disk = lock(&self.disk);
        self.drain_to(&mut disk, only_if_full)
    }

    fn drain_to(&self, disk: &mut Disk, only_if_full: bool) -> Result<(), FileError> {
        let batch = {
            let mut queue = lock(&self.queue);
            match queue.batches.front() {
                Some(batch) if batch.lines.len() >= CAPACITY || !only_if_full => queue.batches.pop_front(),
                _ => None,
            }
        };
        let Some(mut batch) = batch else { return Ok(()) };
        let taken = disk.write(&mut batch, false);
        let group = std::mem::take(&mut batch.group);
        let result = taken.refused.clone().map_or(Ok(()), Err);
        let mut queue = lock(&self.queue);
        if result.is_ok() {
            drop(queue.keep(batch));
        } else {
            queue.put_back(batch, taken.entries);
        }
        drop(queue);
        // A commit that waits for room waits until the whole buffer is written.
        group.publish(Taken { entries: if result.is_ok() { usize::MAX } else { 0 }, ..taken });
        result
    }

    /// Makes every accepted record durable.
    pub(super) fn flush(&self) -> Result<(), FileError> {
        if self.durability != Durability::OnFlush {
            return Ok(());
        }
        let mut disk = lock(&self.disk);
        self.drain_to(&mut disk, false)?;
        disk.sync()
    }

    fn call_writer(&self, queue: &mut Queue) {
        queue.is_writer_called = true;
        self.work.notify_one();
    }

    fn start_writer(self: &Arc<Self>, queue: &mut Queue) -> Result<(), FileError> {
        if queue.writer.is_none() {
            let shared = Arc::clone(self);
            let writer = thread::Builder::new()
                .name("tollgate-file".to_owned())
                .spawn(move || shared.write_when_called())
                .map_err(|cause| FileError::io(Operation::StartWriter, &self.path, cause))?;
            queue.writer = Some(writer);
        }
        Ok(())
    }

    fn write_when_called(&self) {
        let mut queue = lock(&self.queue);
        loop {
            if std::mem::take(&mut queue.is_writer_called) {
                drop(queue);
                if self.durability == Durability::OnFlush {
                    // The commits that wait for room get the error.
                    let _ = self.drain(true);
                } else {
                    while self.write_first(|_| ()) {}
                }
                queue = lock(&self.queue);
            } else if queue.is_closing {
                return;
            } else {
                queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Writes the rest of the buffer, as a `BufWriter` does on drop, and ends the writer thread.
    pub(super) fn close(&self) {
        if self.durability == Durability::OnFlush {
            let _ = self.drain(false);
        }
        let writer = {
            let mut queue = lock(&self.queue);
            queue.is_closing = true;
            self.work.notify_one();
            queue.writer.take()
        };
        // The log may be dropped by a task that the writer thread itself has woken.
        if let Some(writer) = writer.filter(|writer| writer.thread().id() != thread::current().id()) {
            let _ = writer.join();
        }
    }
}
