//! A record as one line of canonical JSON; `FORMAT.md` describes it. serde writes the same fields, and takes eight times
//! as long; the order of its keys and the form of its numbers depend on features of `serde_json`.
//!
//! A record is what a commit costs, and most of that was its line. What serde cannot know is known here: which names
//! of fields stand side by side, that few texts hold anything to be escaped, how long ids, digests and times are.

mod digits;
mod room;
mod text;
mod value;

use serde_json::Value;

pub(super) use self::digits::{hex, two_digits};
pub(super) use self::room::Room;
use super::id::Name;
use super::{Actor, ActorKind, Context, Digest, Id, PrevLine, Record, RecordKind, SubjectRef, WireVersion, time};

/// The room that is tried first. A line without data has between 300 and 600 bytes.
const USUAL: usize = 768;

/// Writes the record, and no end of line. It cannot fail: all that a record holds has a form in JSON.
pub(crate) fn write_line(record: &Record, line: &mut Vec<u8>) {
    write_in_room(line, |room| room.record(record));
}

/// The value as canonical JSON.
pub(crate) fn canonical_value(value: &Value) -> String {
    text_of(|room| room.value(value))
}

pub(super) fn canonical_context(context: &Context) -> String {
    text_of(|room| room.put(b"{")?.context(context))
}

pub(super) fn canonical_actor(actor: &Actor) -> String {
    text_of(|room| room.put(b"{\"kind\":\"")?.actor(actor))
}

fn text_of(write: impl Fn(Room<'_>) -> Option<Room<'_>>) -> String {
    let mut text = Vec::new();
    write_in_room(&mut text, write);
    String::from_utf8(text).expect("a line is made of texts and ASCII")
}

fn write_in_room(line: &mut Vec<u8>, write: impl Fn(Room<'_>) -> Option<Room<'_>>) {
    let start = line.len();
    let mut length = USUAL;
    loop {
        // To clear the room first costs less than a vector that looks at its own with each of forty pieces.
        line.resize(start + length, 0);
        if let Some(left) = write(Room::of(&mut line[start..])).map(Room::left) {
            line.truncate(start + length - left);
            return;
        }
        line.truncate(start);
        length *= 2;
    }
}

impl Room<'_> {
    /// Inlined into the loop above, it would have all of the record loaded before the first try.
    #[inline(never)]
    fn record(self, record: &Record) -> Option<Self> {
        // Taken apart, so that a new field is not forgotten.
        let Record {
            v: WireVersion,
            id,
            at,
            kind,
            subject,
            machine,
            chart,
            version,
            transition,
            from,
            to,
            actor,
            reason,
            context,
            parameters,
            data,
            personal,
            prev,
            event,
            properties,
            refused_by,
            refusal,
            // A store gives it after the record was made: it is not what the record says.
            position: _,
            prev_line: PrevLine,
        } = record;
        const { assert!(Record::WIRE_VERSION == 1, "the line begins with it") };

        let room = self.put(b"{\"v\":1,\"id\":\"")?.uuid(*id)?.put(b"\",\"at\":\"")?;
        let room = time::write(at, room)?;
        let room = match kind {
            RecordKind::Creation => room.put(b"\",\"kind\":\"creation\""),
            RecordKind::Transition => room.put(b"\",\"kind\":\"transition\""),
            RecordKind::Event => room.put(b"\",\"kind\":\"event\""),
            RecordKind::Refusal => room.put(b"\",\"kind\":\"refusal\""),
            RecordKind::Adoption => room.put(b"\",\"kind\":\"adoption\""),
        }?;
        room.field(b",\"subject\":{\"kind\":\"", subject.as_ref(), Self::subject)?
            .field(b",\"machine\":\"", machine.as_deref(), Self::text)?
            .field(b",\"chart\":\"", chart.as_ref(), Self::digest)?
            .field(b",\"version\":", version.as_ref(), |room, version| room.integer(*version))?
            .field(b",\"transition\":\"", transition.as_deref(), Self::text)?
            .field(b",\"from\":\"", from.as_deref(), Self::text)?
            .field(b",\"to\":\"", to.as_deref(), Self::text)?
            .field(b",\"actor\":{\"kind\":\"", actor.as_ref(), Self::actor)?
            .field(b",\"reason\":\"", reason.as_deref(), Self::text)?
            .field(b",\"context\":{", Some(context).filter(|context| !context.is_empty()), Self::context)?
            .field(b",\"parameters\":{", Some(parameters).filter(|named| !named.is_empty()), Self::context)?
            .field(b",\"data\":", data.as_ref(), Self::value)?
            .field(b",\"personal\":[", Some(&personal[..]).filter(|digests| !digests.is_empty()), Self::digests)?
            .field(b",\"prev\":\"", prev.as_ref(), Self::digest)?
            .field(b",\"event\":\"", event.as_deref(), Self::text)?
            .field(b",\"properties\":", properties.as_ref(), Self::value)?
            .field(b",\"refused_by\":\"", refused_by.as_deref(), Self::text)?
            .field(b",\"refusal\":\"", refusal.as_deref(), Self::text)?
            .put(b"}")
    }

    /// A field that may be absent. Its name is put together with the beginning of its value.
    #[inline]
    fn field<'t, T: ?Sized, const N: usize>(
        self,
        name: &[u8; N],
        value: Option<&'t T>,
        write: impl FnOnce(Self, &'t T) -> Option<Self>,
    ) -> Option<Self> {
        match value {
            Some(value) => write(self.put(name)?, value),
            None => Some(self),
        }
    }

    #[inline]
    fn subject(self, subject: &SubjectRef) -> Option<Self> {
        let SubjectRef { kind, id } = subject;
        self.text(kind)?.put(b",\"id\":")?.id(id)?.put(b"}")
    }

    fn actor(self, actor: &Actor) -> Option<Self> {
        let Actor { kind, id, display, on_behalf_of } = actor;
        match kind {
            ActorKind::User => self.put(b"user\",\"id\":"),
            ActorKind::Service => self.put(b"service\",\"id\":"),
            ActorKind::System => self.put(b"system\",\"id\":"),
        }?
        .id(id)?
        .field(b",\"display\":\"", display.as_deref(), Self::text)?
        .field(b",\"on_behalf_of\":{\"kind\":\"", on_behalf_of.as_deref(), Self::actor)?
        .put(b"}")
    }

    fn digests(mut self, digests: &[Digest]) -> Option<Self> {
        for (index, digest) in digests.iter().enumerate() {
            self = if index > 0 { self.put(b",\"") } else { self.put(b"\"") }?.digest(digest)?;
        }
        self.put(b"]")
    }

    #[inline]
    fn id(self, id: &Id) -> Option<Self> {
        match &id.0 {
            Name::Integer(integer @ ..0) => self.put(b"-")?.integer(integer.unsigned_abs()),
            Name::Integer(integer) => self.integer(integer.unsigned_abs()),
            Name::Large(integer) => self.integer(*integer),
            Name::Uuid(uuid) => self.put(b"\"")?.uuid(*uuid)?.put(b"\""),
            Name::Text(text) => self.put(b"\"")?.text(text),
        }
    }
}
