//! What a hub knows: types of events and machines by name, and who wants to hear of which.

use std::any::TypeId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::{RegistrationError, Unregistered};
use crate::chart::Chart;
use crate::event::{Event, EventType};
use crate::machine::StateMachine;
use crate::record::{Record, RecordKind};

/// What a subscriber hears of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// The event at this position.
    Event(usize),
    /// Changes of the machine at this position.
    Machine(usize),
    /// All.
    Any,
}

/// What is known, and the subscribers' topics in the order in which the subscribers are told.
#[derive(Debug, Default)]
pub(super) struct Register {
    events: Known<&'static EventType>,
    machines: Known<&'static Chart>,
    topics: Vec<Topic>,
    /// Who hears of what belongs to no machine that is known: positions of subscribers.
    others: Vec<usize>,
}

impl Register {
    pub(super) fn event<E: Event>(&mut self) -> Result<usize, RegistrationError> {
        self.events
            .add::<E>(&[E::TYPE.name], E::TYPE, &self.others)
            .map_err(|(name, registered, refused)| RegistrationError::EventName { name, registered, refused })
    }

    pub(super) fn machine<M: StateMachine>(&mut self) -> Result<usize, RegistrationError> {
        let names: Vec<&'static str> = std::iter::once(M::CHART.machine).chain(M::CHART.was.iter().copied()).collect();
        self.machines
            .add::<M>(&names, M::CHART, &self.others)
            .map_err(|(name, registered, refused)| RegistrationError::MachineName { name, registered, refused })
    }

    /// A subscriber came to this position, and those from there on moved by one.
    pub(super) fn insert(&mut self, position: usize, topic: Topic) {
        self.topics.insert(position, topic);
        self.route();
    }

    /// A subscriber moved.
    pub(super) fn move_to(&mut self, from: usize, to: usize) {
        let topic = self.topics.remove(from);
        self.insert(to, topic);
    }

    /// Looks up once, and not with each record, who hears of what.
    fn route(&mut self) {
        let topics = &self.topics;
        let wanting = |wanted: Topic| {
            let wants = move |topic: &Topic| *topic == wanted || *topic == Topic::Any;
            topics.iter().enumerate().filter(move |(_, topic)| wants(topic)).map(|(position, _)| position).collect()
        };
        for (index, of) in self.events.types.iter_mut().enumerate() {
            of.subscribers = wanting(Topic::Event(index));
        }
        for (index, of) in self.machines.types.iter_mut().enumerate() {
            of.subscribers = wanting(Topic::Machine(index));
        }
        self.others = wanting(Topic::Any);
    }

    /// Returns the positions of its subscribers, or `None` if it is an event that is not registered.
    #[inline]
    pub(super) fn subscribers(&self, record: &Record) -> Option<&[usize]> {
        let known = match record.kind {
            RecordKind::Event => {
                let known = record.event.as_deref().and_then(|name| self.events.get(name));
                return known.map(|of| &of.subscribers[..]);
            }
            RecordKind::Creation | RecordKind::Transition | RecordKind::Adoption => {
                record.machine.as_deref().and_then(|name| self.machines.get(name))
            }
            RecordKind::Refusal => None,
        };
        Some(known.map_or(&self.others, |of| &of.subscribers))
    }

    #[cold]
    pub(super) fn unregistered(&self, record: &Record) -> Unregistered {
        let mut known: Vec<_> = self.events().map(|described| described.name).collect();
        known.sort_unstable();
        let event = record.event.as_deref().unwrap_or_default().to_owned();
        Unregistered { event, record: record.id, known, is_reported: false }
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &'static EventType> {
        self.events.types.iter().map(|of| of.described)
    }

    pub(super) fn machines(&self) -> impl Iterator<Item = &'static Chart> {
        self.machines.types.iter().map(|of| of.described)
    }
}

/// Types of one sort, found by their recorded names.
#[derive(Debug)]
struct Known<D> {
    types: Vec<Type<D>>,
    positions: HashMap<&'static str, usize, BuildHasherDefault<NameHasher>>,
}

#[derive(Debug)]
struct Type<D> {
    id: TypeId,
    /// Its path, for errors.
    path: &'static str,
    described: D,
    subscribers: Vec<usize>,
}

impl<D> Default for Known<D> {
    fn default() -> Self {
        Self { types: Vec::new(), positions: HashMap::default() }
    }
}

impl<D> Known<D> {
    #[inline]
    fn get(&self, name: &str) -> Option<&Type<D>> {
        self.positions.get(name).map(|position| &self.types[*position])
    }

    /// The position of the type, which is added where it is not there. Else the name that is taken, and the paths
    /// of the type that has it and of the one that wants it.
    fn add<T: 'static>(
        &mut self,
        names: &[&'static str],
        described: D,
        subscribers: &[usize],
    ) -> Result<usize, (&'static str, &'static str, &'static str)> {
        let (id, path) = (TypeId::of::<T>(), std::any::type_name::<T>());
        if let Some(position) = self.types.iter().position(|of| of.id == id) {
            return Ok(position);
        }
        if let Some((name, taken)) = names.iter().find_map(|name| Some((*name, self.get(name)?))) {
            return Err((name, taken.path, path));
        }
        let position = self.types.len();
        self.types.push(Type { id, path, described, subscribers: subscribers.to_vec() });
        self.positions.extend(names.iter().map(|name| (*name, position)));
        Ok(position)
    }
}

/// A hash of short texts that takes a few nanoseconds.
///
/// The standard one takes as long as all the rest of the way through a hub. It withstands keys that were made to
/// collide; here the keys are names that were compiled in, and what a record holds is only looked for.
#[derive(Debug, Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((word, after)) = rest.split_first_chunk() {
            self.mix(u64::from_le_bytes(*word));
            rest = after;
        }
        let mut last = bytes.len() as u64;
        if let Some((half, after)) = rest.split_first_chunk() {
            last = last << 32 | u64::from(u32::from_le_bytes(*half));
            rest = after;
        }
        self.mix(rest.iter().fold(last, |word, byte| word << 8 | u64::from(*byte)));
    }

    /// The end of the text, of which there is one.
    #[inline]
    fn write_u8(&mut self, _: u8) {}

    #[inline]
    fn finish(&self) -> u64 {
        // The map looks at the lowest bits, and multiplication leaves those to the first letters alone.
        self.0 ^ (self.0 >> 32)
    }
}

impl NameHasher {
    #[inline]
    fn mix(&mut self, word: u64) {
        // The odd number is 2^64 divided by the golden ratio, as in Fibonacci hashing.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
