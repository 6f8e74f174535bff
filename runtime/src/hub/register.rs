//! The registered types of events and machines by name, and the subscribers of each.

use std::any::TypeId;
use std::collections::HashMap;

use super::catalog::Receives;
use super::plugin::Plugins;
use super::subscription::{SubscriberEntry, Topic};
use super::{RegistrationError, Unregistered};
use crate::chart::Chart;
use crate::event::{Event, EventType};
use crate::machine::StateMachine;
use crate::record::{Record, RecordKind};

/// The registered types, and the subscriptions in the order in which their subscribers are notified.
#[derive(Debug, Default)]
pub(super) struct Register {
    events: TypesByName<&'static EventType>,
    machines: TypesByName<&'static Chart>,
    pub(super) entries: Vec<SubscriberEntry>,
    /// The positions of the subscribers that receive records of machines that are not registered.
    others: Vec<usize>,
    pub(super) plugins: Plugins,
}

/// The subscribers of a record, by their positions.
pub(super) struct Routed<'r> {
    pub(super) positions: &'r [usize],
    pub(super) entries: &'r mut [SubscriberEntry],
    /// The names of the record's event or machine, if that is registered.
    pub(super) names: Option<RecordedNames>,
}

/// The recorded names of a registered type.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordedNames {
    present: &'static str,
    former: &'static [&'static str],
}

impl RecordedNames {
    pub(super) fn any(self, is_wanted: impl Fn(&str) -> bool) -> bool {
        self.iter().any(is_wanted)
    }

    fn iter(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.present).chain(self.former.iter().copied())
    }
}

/// A snapshot of the registered types, to restore it.
pub(super) struct Registered {
    events: usize,
    machines: usize,
}

impl Register {
    pub(super) fn event<E: Event>(&mut self) -> Result<usize, RegistrationError> {
        let names = RecordedNames { present: E::TYPE.name, former: E::TYPE.was };
        self.events.add::<E>(names, E::TYPE, &self.others).map_err(
            |NameTaken { name, registered, refused, former_of }| RegistrationError::EventName {
                name,
                registered,
                refused,
                former_of,
            },
        )
    }

    pub(super) fn machine<M: StateMachine>(&mut self) -> Result<usize, RegistrationError> {
        let names = RecordedNames { present: M::CHART.machine, former: M::CHART.was };
        self.machines.add::<M>(names, M::CHART, &self.others).map_err(
            |NameTaken { name, registered, refused, former_of }| RegistrationError::MachineName {
                name,
                registered,
                refused,
                former_of,
            },
        )
    }

    /// Adds the subscriber that was inserted at this position.
    pub(super) fn insert(&mut self, position: usize, entry: SubscriberEntry) {
        self.entries.insert(position, entry);
        self.route();
    }

    /// Follows a subscriber that was moved.
    pub(super) fn move_to(&mut self, from: usize, to: usize) {
        let entry = self.entries.remove(from);
        self.insert(to, entry);
    }

    /// Removes the subscriber that was removed from this position.
    pub(super) fn remove(&mut self, position: usize) {
        self.entries.remove(position);
        self.route();
    }

    /// Finds the subscribers of each type now, and not for each record.
    fn route(&mut self) {
        let entries = &self.entries;
        let wanting = |wanted: Topic| {
            let wants = move |entry: &SubscriberEntry| entry.topic == wanted || entry.topic == Topic::Any;
            entries.iter().enumerate().filter(move |(_, entry)| wants(entry)).map(|(position, _)| position).collect()
        };
        for (index, of) in self.events.types.iter_mut().enumerate() {
            of.subscribers = wanting(Topic::Event(index));
        }
        for (index, of) in self.machines.types.iter_mut().enumerate() {
            of.subscribers = wanting(Topic::Machine(index));
        }
        self.others = wanting(Topic::Any);
    }

    /// Returns the subscribers of the record, or `None` if it is an event that is not registered.
    #[inline]
    pub(super) fn routed(&mut self, record: &Record) -> Option<Routed<'_>> {
        let entries = &mut self.entries[..];
        if record.kind == RecordKind::Event {
            let event = record.event.as_deref().and_then(|name| self.events.get(name))?;
            return Some(Routed { positions: &event.subscribers, entries, names: Some(event.names) });
        }
        let machine = record.machine.as_deref().and_then(|name| self.machines.get(name));
        let positions = match machine {
            Some(machine) if record.kind != RecordKind::Refusal => &machine.subscribers,
            _ => &self.others,
        };
        Some(Routed { positions, entries, names: machine.map(|machine| machine.names) })
    }

    #[cold]
    pub(super) fn unregistered(&self, record: &Record) -> Unregistered {
        let mut known: Vec<_> = self.events().map(|description| description.name).collect();
        known.sort_unstable();
        let event = record.event.as_deref().unwrap_or_default().to_owned();
        Unregistered { event, record: record.id, known, is_reported: false }
    }

    pub(super) fn registered(&self) -> Registered {
        Registered { events: self.events.types.len(), machines: self.machines.types.len() }
    }

    /// Removes the types that were registered since the snapshot. They must have no subscribers.
    pub(super) fn return_to(&mut self, Registered { events, machines }: &Registered) {
        self.events.truncate(*events);
        self.machines.truncate(*machines);
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &'static EventType> {
        self.events.types.iter().map(|of| of.description)
    }

    pub(super) fn machines(&self) -> impl Iterator<Item = &'static Chart> {
        self.machines.types.iter().map(|of| of.description)
    }

    /// Returns the subscription as data, for a catalog.
    pub(super) fn receives(&self, entry: &SubscriberEntry) -> Receives {
        let event = |index: usize| self.events.types[index].description.name;
        let machine = |index: usize| self.machines.types[index].description.machine;
        match (entry.topic, entry.edge) {
            (Topic::Any, _) => Receives::All,
            (Topic::Event(index), _) => Receives::Event { event: event(index) },
            (Topic::Machine(index), None) => Receives::Machine { machine: machine(index) },
            (Topic::Machine(index), Some(edge)) => {
                let edge = edge.edge();
                let (transition, from, to) = (edge.transition, edge.from, edge.to);
                Receives::Edge { machine: machine(index), transition, from, to }
            }
        }
    }
}

/// Types of one kind, found by their recorded names.
#[derive(Debug)]
struct TypesByName<D> {
    types: Vec<Type<D>>,
    positions: HashMap<&'static str, usize>,
}

#[derive(Debug)]
struct Type<D> {
    id: TypeId,
    /// Its path, for errors.
    path: &'static str,
    names: RecordedNames,
    description: D,
    subscribers: Vec<usize>,
}

/// A name of the type that is refused, and the type that has it.
struct NameTaken {
    name: &'static str,
    /// The paths of the types.
    registered: &'static str,
    refused: &'static str,
    former_of: Vec<&'static str>,
}

impl<D> Default for TypesByName<D> {
    fn default() -> Self {
        Self { types: Vec::new(), positions: HashMap::default() }
    }
}

impl<D> TypesByName<D> {
    #[inline]
    fn get(&self, name: &str) -> Option<&Type<D>> {
        self.positions.get(name).map(|position| &self.types[*position])
    }

    /// Returns the position of the type, which is added if it is absent.
    fn add<T: 'static>(
        &mut self,
        names: RecordedNames,
        description: D,
        subscribers: &[usize],
    ) -> Result<usize, NameTaken> {
        let (id, path) = (TypeId::of::<T>(), std::any::type_name::<T>());
        if let Some(position) = self.types.iter().position(|of| of.id == id) {
            return Ok(position);
        }
        if let Some((name, taken)) = names.iter().find_map(|name| Some((name, self.get(name)?))) {
            let of = [(taken.names, taken.path), (names, path)];
            let former_of = of.into_iter().filter(|(names, _)| names.present != name).map(|(_, path)| path).collect();
            return Err(NameTaken { name, registered: taken.path, refused: path, former_of });
        }
        let position = self.types.len();
        self.types.push(Type { id, path, names, description, subscribers: subscribers.to_vec() });
        self.positions.extend(names.iter().map(|name| (name, position)));
        Ok(position)
    }

    fn truncate(&mut self, length: usize) {
        self.types.truncate(length);
        self.positions.retain(|_, position| *position < length);
    }
}
