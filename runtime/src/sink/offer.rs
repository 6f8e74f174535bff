//! The values that pass between a commit and a sink: [`Offer`], [`Offers`] and [`Receipt`].

use std::slice;

use crate::chart::Chart;
use crate::machine::{Declaration, Table};
use crate::record::{Digest, Record};

/// A record that is offered to a sink, and the machine of the record.
///
/// A store that writes more than the record needs to know the machine: its [chart](Offer::chart), to register the edges,
/// and its [table](Offer::table), to update the subject's row. Only a commit makes an offer that names a machine. A record
/// that is offered directly comes without one, and so does an event.
///
/// ```
/// use std::collections::HashMap;
/// use tollgate::sink::{Offer, Receipt};
/// use tollgate::{Id, Record, Sink, StateMachine};
///
/// /// Counts the records of each machine.
/// #[derive(Default)]
/// struct Counts(HashMap<String, u64>);
///
/// impl Sink for Counts {
///     type Error = std::convert::Infallible;
///
///     fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
///         self.accept(Offer::new(record)).map(drop)
///     }
///
///     fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Self::Error> {
///         let machine = offer.chart().map_or("none", |chart| chart.machine);
///         *self.0.entry(machine.to_owned()).or_default() += 1;
///         Ok(Receipt::default())
///     }
/// }
///
/// # #[derive(StateMachine)]
/// # #[transition(open, from = Shut, to = Ajar)]
/// # enum DoorState {
/// #     #[state(initial)]
/// #     Shut,
/// #     #[state(terminal)]
/// #     Ajar,
/// # }
/// let mut counts = Counts::default();
/// DoorMachine::create(Id::from(1)).commit(&mut counts)?.open().commit(&mut counts)?;
/// assert_eq!(counts.0["Door"], 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    record: &'a Record,
    declaration: Option<&'static Declaration>,
}

impl<'a> Offer<'a> {
    /// Offers a record directly, without its machine.
    #[must_use]
    pub fn new(record: &'a Record) -> Self {
        Self { record, declaration: None }
    }

    /// The offer of a commit. Not public: a sink may rely on a machine that an offer names.
    #[inline]
    pub(crate) fn of(record: &'a Record, declaration: Option<&'static Declaration>) -> Self {
        Self { record, declaration }
    }

    /// Returns the record.
    #[inline]
    #[must_use]
    pub fn record(&self) -> &'a Record {
        self.record
    }

    /// Returns the machine of the record, or `None` for an event and for a record that is offered directly.
    #[inline]
    #[must_use]
    pub fn declaration(&self) -> Option<&'static Declaration> {
        self.declaration
    }

    /// Returns the chart of the record's machine; see [`declaration`](Offer::declaration).
    #[must_use]
    pub fn chart(&self) -> Option<&'static Chart> {
        self.declaration.map(Declaration::chart)
    }

    /// Returns the table of the subject's rows, if the machine's subject names one.
    #[must_use]
    pub fn table(&self) -> Option<&'static Table> {
        self.declaration.and_then(Declaration::table)
    }
}

/// Several records that are accepted together or not at all: an [`Offer`] each.
#[derive(Debug, Clone, Copy)]
pub struct Offers<'a> {
    records: &'a [Record],
    /// One for each record, or empty if the records are offered directly.
    declarations: &'a [Option<&'static Declaration>],
}

impl<'a> Offers<'a> {
    /// Offers records directly, without their machines.
    #[must_use]
    pub fn new(records: &'a [Record]) -> Self {
        Self { records, declarations: &[] }
    }

    /// The offers of a commit; see [`Offer`].
    pub(crate) fn of(records: &'a [Record], declarations: &'a [Option<&'static Declaration>]) -> Self {
        Self { records, declarations }
    }

    /// Returns the same offers with other records: those that an adapter passes on.
    pub(super) fn with_records<'b>(&self, records: &'b [Record]) -> Offers<'b>
    where
        'a: 'b,
    {
        Offers { records, declarations: self.declarations }
    }

    /// Returns the records, in their order.
    #[must_use]
    pub fn records(&self) -> &'a [Record] {
        self.records
    }

    /// Returns the number of offers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Returns the offers one by one, in the same order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Offer<'a>> + use<'a> {
        let declarations = self.declarations;
        let offer = move |(position, record)| Offer::of(record, declarations.get(position).copied().flatten());
        self.records.iter().enumerate().map(offer)
    }
}

/// One offer, as the only one of several.
impl<'a> From<&'a Offer<'a>> for Offers<'a> {
    fn from(offer: &'a Offer<'a>) -> Self {
        let Offer { record, declaration } = offer;
        Self { records: slice::from_ref(record), declarations: slice::from_ref(declaration) }
    }
}

/// The result of a sink that has accepted a record: the head of the subject's chain, if the sink keeps one.
///
/// The machine carries the head, and its next record names it as [`prev`](Record::prev). So a chain costs the sink no
/// lookup. After a receipt without a head the next record has no `prev`.
///
/// ```
/// use tollgate::sink::{Offer, Receipt};
/// use tollgate::{Digest, Id, Record, Sink, StateMachine};
///
/// # fn sha256(bytes: &[u8]) -> [u8; 32] { let mut out = [0; 32]; out[0] = bytes.len() as u8; out }
/// #[derive(Default)]
/// struct Chain(Vec<Record>);
///
/// impl Sink for Chain {
///     type Error = std::convert::Infallible;
///
///     fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
///         self.accept(Offer::new(record)).map(drop)
///     }
///
///     fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Self::Error> {
///         self.0.push(offer.record().clone());
///         Ok(Receipt::with_head(Digest::new(sha256(&offer.record().canonical()))))
///     }
/// }
///
/// # #[derive(StateMachine)]
/// # #[transition(open, from = Shut, to = Ajar)]
/// # enum DoorState {
/// #     #[state(initial)]
/// #     Shut,
/// #     #[state(terminal)]
/// #     Ajar,
/// # }
/// let mut chain = Chain::default();
/// DoorMachine::create(Id::from(1)).commit(&mut chain)?.open().commit(&mut chain)?;
/// assert_eq!(chain.0[1].prev, Some(Digest::new(sha256(&chain.0[0].canonical()))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "the head of the chain is in it"]
pub struct Receipt {
    head: Option<Digest>,
}

impl Receipt {
    /// A receipt of a sink that keeps a chain: the digest of the accepted record.
    pub fn with_head(head: Digest) -> Self {
        Self { head: Some(head) }
    }

    /// The digest of the accepted record, if the sink keeps a chain.
    #[inline]
    #[must_use]
    pub fn head(&self) -> Option<Digest> {
        self.head
    }
}

impl From<Option<Digest>> for Receipt {
    fn from(head: Option<Digest>) -> Self {
        Self { head }
    }
}
