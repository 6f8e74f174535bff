//! A record as one line of JSON, by our own hand: byte for byte what serde writes, in a fifth of the time.
//!
//! A record is what a commit costs, and half of that was its line. What serde cannot know is known here: which names
//! of fields stand side by side, that few texts hold anything to be escaped, how long ids, digests and times are.

mod digits;
mod text;
mod value;

use self::digits::write_integer;
pub(super) use self::digits::{hex, two_digits};
use self::text::write_text;
use self::value::write_value;
use super::id::Name;
use super::{Actor, ActorKind, Context, Digest, Id, Record, RecordKind, SubjectRef, WireVersion, time};

/// Writes the record, and no end of line. It cannot fail: all that a record holds has a form in JSON.
pub(crate) fn write_line(record: &Record, line: &mut Vec<u8>) {
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
        data,
        prev,
        event,
        properties,
        refused_by,
        refusal,
    } = record;
    const { assert!(Record::WIRE_VERSION == 1, "the line begins with the version") };

    line.extend_from_slice(b"{\"v\":1,\"id\":\"");
    line.extend_from_slice(&digits::hyphenated(*id));
    line.extend_from_slice(b"\",\"at\":\"");
    time::write(at, line);
    line.extend_from_slice(match kind {
        RecordKind::Creation => b"\",\"kind\":\"creation\"".as_slice(),
        RecordKind::Transition => b"\",\"kind\":\"transition\"",
        RecordKind::Event => b"\",\"kind\":\"event\"",
        RecordKind::Refusal => b"\",\"kind\":\"refusal\"",
    });
    if let Some(subject) = subject {
        write_subject(subject, line);
    }
    write_name(b",\"machine\":\"", machine.as_deref(), line);
    write_digest(b",\"chart\":\"", chart.as_ref(), line);
    if let Some(version) = version {
        line.extend_from_slice(b",\"version\":");
        write_integer(*version, line);
    }
    write_name(b",\"transition\":\"", transition.as_deref(), line);
    write_name(b",\"from\":\"", from.as_deref(), line);
    write_name(b",\"to\":\"", to.as_deref(), line);
    if let Some(actor) = actor {
        line.extend_from_slice(b",\"actor\":");
        write_actor(actor, line);
    }
    write_name(b",\"reason\":\"", reason.as_deref(), line);
    write_context(context, line);
    if let Some(data) = data {
        line.extend_from_slice(b",\"data\":");
        write_value(data, line);
    }
    write_digest(b",\"prev\":\"", prev.as_ref(), line);
    write_name(b",\"event\":\"", event.as_deref(), line);
    if let Some(properties) = properties {
        line.extend_from_slice(b",\"properties\":");
        write_value(properties, line);
    }
    write_name(b",\"refused_by\":\"", refused_by.as_deref(), line);
    write_name(b",\"refusal\":\"", refusal.as_deref(), line);
    line.push(b'}');
}

#[inline]
fn write_name<const N: usize>(label: &[u8; N], text: Option<&str>, line: &mut Vec<u8>) {
    if let Some(text) = text {
        line.extend_from_slice(label);
        write_text(text, line);
    }
}

#[inline]
fn write_digest<const N: usize>(label: &[u8; N], digest: Option<&Digest>, line: &mut Vec<u8>) {
    if let Some(digest) = digest {
        line.extend_from_slice(label);
        line.extend_from_slice(&hex::<32, 64>(digest.as_bytes()));
        line.push(b'"');
    }
}

#[inline]
fn write_subject(subject: &SubjectRef, line: &mut Vec<u8>) {
    let SubjectRef { kind, id } = subject;
    line.extend_from_slice(b",\"subject\":{\"kind\":\"");
    write_text(kind, line);
    line.extend_from_slice(b",\"id\":");
    write_id(id, line);
    line.push(b'}');
}

fn write_actor(actor: &Actor, line: &mut Vec<u8>) {
    let Actor { kind, id, display, on_behalf_of } = actor;
    line.extend_from_slice(match kind {
        ActorKind::User => b"{\"kind\":\"user\",\"id\":".as_slice(),
        ActorKind::Service => b"{\"kind\":\"service\",\"id\":",
        ActorKind::System => b"{\"kind\":\"system\",\"id\":",
    });
    write_id(id, line);
    write_name(b",\"display\":\"", display.as_deref(), line);
    if let Some(principal) = on_behalf_of {
        line.extend_from_slice(b",\"on_behalf_of\":");
        write_actor(principal, line);
    }
    line.push(b'}');
}

#[inline]
fn write_id(id: &Id, line: &mut Vec<u8>) {
    match &id.0 {
        Name::Integer(integer) => {
            if *integer < 0 {
                line.push(b'-');
            }
            write_integer(integer.unsigned_abs(), line);
        }
        Name::Large(integer) => write_integer(*integer, line),
        Name::Uuid(uuid) => {
            line.push(b'"');
            line.extend_from_slice(&digits::hyphenated(*uuid));
            line.push(b'"');
        }
        Name::Text(text) => {
            line.push(b'"');
            write_text(text, line);
        }
    }
}

#[inline]
fn write_context(context: &Context, line: &mut Vec<u8>) {
    if context.is_empty() {
        return;
    }
    line.extend_from_slice(b",\"context\":");
    value::write_map(context.iter(), line);
}
