//! A record as a hand-written program has it: the fields of this one step, and no others.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::{NoContext, Timestamp, Uuid};

use crate::report::{Edges, Place, STATES, TRANSITIONS};

/// The values that are written for one step of a report.
pub(crate) struct Written {
    pub(crate) id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) subject: String,
    pub(crate) edge: i32,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) context: String,
    /// `Some` if a chain is kept.
    pub(crate) digest: Option<Vec<u8>>,
}

impl Written {
    /// Builds the next step of this report with all that tollgate would make: time, id, texts, and the digest of the
    /// record as JSON if the previous record has one.
    pub(crate) fn next(place: &Place, actor: &str, request: u64, edges: Edges) -> Self {
        let (from, to) = (STATES[place.state()], STATES[place.next()]);
        let at = Utc::now();
        // The table of the store refuses an id of another millisecond.
        let time = Timestamp::from_unix(NoContext, at.timestamp().cast_unsigned(), at.timestamp_subsec_nanos());
        let mut written = Self {
            id: Uuid::new_v7(time),
            at,
            subject: place.id.to_string(),
            edge: edges.out_of[place.state()],
            from,
            to,
            context: json!({ "request": request }).to_string(),
            digest: None,
        };
        written.digest = place.head.as_deref().map(|prev| written.digest_after(prev, place, actor));
        written
    }

    fn digest_after(&self, prev: &[u8], place: &Place, actor: &str) -> Vec<u8> {
        let line = Line {
            id: self.id,
            at: self.time(),
            subject: &self.subject,
            version: place.version + 1,
            transition: TRANSITIONS[place.state()],
            from: self.from,
            to: self.to,
            actor,
            context: &self.context,
            prev,
        };
        let line = serde_json::to_vec(&line).expect("texts and numbers have a form in JSON");
        Sha256::digest(line).to_vec()
    }

    /// The time as text.
    pub(crate) fn time(&self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Nanos, true)
    }

    /// The nanoseconds below a microsecond.
    pub(crate) fn nanos(&self) -> i16 {
        i16::try_from(self.at.timestamp_subsec_nanos() % 1000).expect("a remainder of a thousand is small")
    }
}

#[derive(Serialize)]
struct Line<'a> {
    id: Uuid,
    at: String,
    subject: &'a str,
    version: i64,
    transition: &'static str,
    from: &'static str,
    to: &'static str,
    actor: &'a str,
    context: &'a str,
    prev: &'a [u8],
}

/// A client's own subjects, one after the other.
pub(crate) struct Share {
    places: Vec<Place>,
    turn: usize,
    pub(crate) actor: String,
    request: u64,
    edges: Edges,
}

impl Share {
    pub(crate) fn new(places: Vec<Place>, number: usize, edges: Edges) -> Self {
        Self { places, turn: 0, actor: format!("user-{number}"), request: 0, edges }
    }

    /// The first subject: clients that start together have different ones.
    pub(crate) fn turned(mut self, turn: usize) -> Self {
        self.turn = turn;
        self
    }

    /// Returns the next subject, and the values to write.
    pub(crate) fn next(&mut self) -> (&Place, Written) {
        self.turn = (self.turn + 1) % self.places.len();
        self.request += 1;
        let place = &self.places[self.turn];
        (place, Written::next(place, &self.actor, self.request, self.edges))
    }

    /// Notes that the values were written: the subject has moved.
    pub(crate) fn moved(&mut self, digest: Option<Vec<u8>>) {
        let place = &mut self.places[self.turn];
        place.version += 1;
        place.head = digest;
    }
}
