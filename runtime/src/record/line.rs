//! A record as one line of canonical JSON, byte for byte as `FORMAT.md` describes it.
//!
//! It is hand-written because serde's form of a record depends on features of `serde_json`: the order of keys and the form
//! of floats.

mod value;

use std::fmt::Display;
use std::io::Write;

use serde_json::Value;
use uuid::Uuid;

use self::value::{put_context, put_value};
use super::id::IdValue;
use super::{Actor, ActorKind, Context, Digest, Id, PrevLine, Record, RecordKind, SubjectRef, WireVersion, time};

/// Most lines without data have 300 to 600 bytes.
const USUAL_LENGTH: usize = 768;

/// Writes the record, without an end of line. It cannot fail: each part of a record has a form in JSON.
pub(crate) fn write_line(record: &Record, line: &mut Vec<u8>) {
    // Destructured, so that a new field does not compile until it is handled.
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
        // A store assigns it after the record was made: it is not part of the line.
        position: _,
        prev_line: PrevLine,
    } = record;

    line.reserve(USUAL_LENGTH);
    const { assert!(Record::WIRE_VERSION == 1, "the line begins with it") };
    line.extend_from_slice(b"{\"v\":1,\"id\":");
    put_uuid(line, *id);
    line.extend_from_slice(b",\"at\":\"");
    line.extend_from_slice(time::text(at).as_bytes());
    line.extend_from_slice(match kind {
        RecordKind::Creation => b"\",\"kind\":\"creation\"",
        RecordKind::Transition => b"\",\"kind\":\"transition\"",
        RecordKind::Event => b"\",\"kind\":\"event\"",
        RecordKind::Refusal => b"\",\"kind\":\"refusal\"",
        RecordKind::Adoption => b"\",\"kind\":\"adoption\"",
    });
    put_field(line, b",\"subject\":", subject.as_ref(), put_subject);
    put_field(line, b",\"machine\":", machine.as_deref(), put_text);
    put_field(line, b",\"chart\":", chart.as_ref(), put_digest);
    put_field(line, b",\"version\":", version.as_ref(), put_integer);
    put_field(line, b",\"transition\":", transition.as_deref(), put_text);
    put_field(line, b",\"from\":", from.as_deref(), put_text);
    put_field(line, b",\"to\":", to.as_deref(), put_text);
    put_field(line, b",\"actor\":", actor.as_ref(), put_actor);
    put_field(line, b",\"reason\":", reason.as_deref(), put_text);
    put_field(line, b",\"context\":", Some(context).filter(|context| !context.is_empty()), put_context);
    put_field(line, b",\"parameters\":", Some(parameters).filter(|parameters| !parameters.is_empty()), put_context);
    put_field(line, b",\"data\":", data.as_ref(), put_value);
    put_field(line, b",\"personal\":", Some(&personal[..]).filter(|digests| !digests.is_empty()), put_digests);
    put_field(line, b",\"prev\":", prev.as_ref(), put_digest);
    put_field(line, b",\"event\":", event.as_deref(), put_text);
    put_field(line, b",\"properties\":", properties.as_ref(), put_value);
    put_field(line, b",\"refused_by\":", refused_by.as_deref(), put_text);
    put_field(line, b",\"refusal\":", refusal.as_deref(), put_text);
    line.push(b'}');
}

/// Returns the value as canonical JSON.
pub(crate) fn canonical_value(value: &Value) -> String {
    text_of(value, put_value)
}

pub(super) fn canonical_context(context: &Context) -> String {
    text_of(context, put_context)
}

pub(super) fn canonical_actor(actor: &Actor) -> String {
    text_of(actor, put_actor)
}

fn text_of<T>(value: &T, put: impl FnOnce(&mut Vec<u8>, &T)) -> String {
    let mut text = Vec::new();
    put(&mut text, value);
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// Writes a field that may be absent. Its name comes with the comma and the colon around it.
#[inline]
fn put_field<T: ?Sized>(line: &mut Vec<u8>, name: &[u8], value: Option<&T>, put: impl FnOnce(&mut Vec<u8>, &T)) {
    if let Some(value) = value {
        line.extend_from_slice(name);
        put(line, value);
    }
}

fn put_subject(line: &mut Vec<u8>, subject: &SubjectRef) {
    let SubjectRef { kind, id } = subject;
    line.extend_from_slice(b"{\"kind\":");
    put_text(line, kind);
    line.extend_from_slice(b",\"id\":");
    put_id(line, id);
    line.push(b'}');
}

fn put_actor(line: &mut Vec<u8>, actor: &Actor) {
    let Actor { kind, id, display, on_behalf_of } = actor;
    line.extend_from_slice(match kind {
        ActorKind::User => b"{\"kind\":\"user\",\"id\":",
        ActorKind::Service => b"{\"kind\":\"service\",\"id\":",
        ActorKind::System => b"{\"kind\":\"system\",\"id\":",
    });
    put_id(line, id);
    put_field(line, b",\"display\":", display.as_deref(), put_text);
    put_field(line, b",\"on_behalf_of\":", on_behalf_of.as_deref(), put_actor);
    line.push(b'}');
}

fn put_id(line: &mut Vec<u8>, id: &Id) {
    match &id.0 {
        IdValue::Integer(integer) => put_integer(line, integer),
        IdValue::Large(integer) => put_integer(line, integer),
        IdValue::Uuid(uuid) => put_uuid(line, *uuid),
        IdValue::Text(text) => put_text(line, text),
    }
}

fn put_digests(line: &mut Vec<u8>, digests: &[Digest]) {
    line.push(b'[');
    for (index, digest) in digests.iter().enumerate() {
        put_comma(line, index);
        put_digest(line, digest);
    }
    line.push(b']');
}

fn put_digest(line: &mut Vec<u8>, digest: &Digest) {
    line.push(b'"');
    line.extend_from_slice(&digest.hex());
    line.push(b'"');
}

fn put_uuid(line: &mut Vec<u8>, uuid: Uuid) {
    line.push(b'"');
    line.extend_from_slice(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
    line.push(b'"');
}

fn put_integer(line: &mut Vec<u8>, integer: &impl Display) {
    write!(line, "{integer}").expect("a `Vec` takes all bytes");
}

fn put_text(line: &mut Vec<u8>, text: &str) {
    // All bytes are examined, because the compiler vectorizes a loop only if it has one exit.
    let must_escape = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    if text.as_bytes().iter().fold(false, |found, byte| found | must_escape(byte)) {
        serde_json::to_writer(line, text).expect("a `Vec` takes all bytes");
    } else {
        line.push(b'"');
        line.extend_from_slice(text.as_bytes());
        line.push(b'"');
    }
}

/// Writes the comma before each item but the first.
fn put_comma(line: &mut Vec<u8>, index: usize) {
    if index > 0 {
        line.push(b',');
    }
}
