//! A log that fails while a switch is on.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tollgate::sink::{Offer, Receipt};
use tollgate::{Record, Sink};

/// Forwards each record, or refuses it.
pub(crate) struct Outage<K> {
    sink: K,
    is_out: Arc<AtomicBool>,
}

impl<K> Outage<K> {
    /// The log, and the switch that makes it fail.
    pub(crate) fn of(sink: K) -> (Self, Arc<AtomicBool>) {
        let is_out = Arc::new(AtomicBool::new(false));
        (Self { sink, is_out: Arc::clone(&is_out) }, is_out)
    }

    fn check(&self) -> io::Result<()> {
        if self.is_out.load(Ordering::SeqCst) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
        }
        Ok(())
    }
}

impl<K: Sink<Error = io::Error>> Sink for Outage<K> {
    type Error = io::Error;

    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        self.check()?;
        self.sink.on_success(record)
    }

    fn accept(&mut self, offer: Offer<'_>) -> io::Result<Receipt> {
        self.check()?;
        self.sink.accept(offer)
    }

    fn on_refusal(&mut self, record: &Record) -> io::Result<()> {
        self.check()?;
        self.sink.on_refusal(record)
    }
}
