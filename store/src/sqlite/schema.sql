-- tollgate, schema 1, for SQLite 3.37 and later (STRICT tables). Times are UTC, in RFC 3339 with nanoseconds, of equal
-- length: they sort as text. Charts and records are inserted, and never changed or deleted: triggers refuse it.

-- The versions of this schema that have been applied.
CREATE TABLE tollgate_schema (
    version    INTEGER PRIMARY KEY,
    applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- The machines, each by the name under which it was registered first: a renamed machine keeps its id.
CREATE TABLE tollgate_machine (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Every chart under which something was recorded: the machines as they were declared. `name` is the machine's name in
-- this chart, `fingerprint` the SHA-256 of the chart's canonical text, `definition` the chart as JSON.
CREATE TABLE tollgate_chart (
    id            INTEGER PRIMARY KEY,
    machine       INTEGER NOT NULL REFERENCES tollgate_machine,
    name          TEXT NOT NULL,
    fingerprint   BLOB NOT NULL CHECK (length(fingerprint) = 32),
    definition    TEXT NOT NULL CHECK (json_valid(definition)),
    registered_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    UNIQUE (machine, fingerprint)
) STRICT;

-- The states of each chart. `former` is a JSON array: the names that the state had before, in records of older charts.
CREATE TABLE tollgate_state (
    chart    INTEGER NOT NULL REFERENCES tollgate_chart,
    name     TEXT NOT NULL,
    initial  INTEGER NOT NULL CHECK (initial IN (0, 1)),
    terminal INTEGER NOT NULL CHECK (terminal IN (0, 1)),
    former   TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(former)),
    PRIMARY KEY (chart, name)
) STRICT, WITHOUT ROWID;

-- The edges of each chart: what is not here cannot be recorded. `from_state` is null for a creation.
CREATE TABLE tollgate_edge (
    id              INTEGER PRIMARY KEY,
    machine         INTEGER NOT NULL REFERENCES tollgate_machine,
    chart           INTEGER NOT NULL REFERENCES tollgate_chart,
    transition      TEXT NOT NULL,
    from_state      TEXT,
    to_state        TEXT NOT NULL,
    requires_actor  INTEGER NOT NULL CHECK (requires_actor IN (0, 1)),
    requires_reason INTEGER NOT NULL CHECK (requires_reason IN (0, 1)),
    UNIQUE (chart, transition, from_state, to_state)
) STRICT;

-- What happened: a row for each creation, transition, event and refusal. A row outlives the subject and the actor that
-- it names. tollgate_history shows it with names.
--   id       a version 7 UUID, 16 bytes: the first 48 bits are the milliseconds of `at`, so ids are in the order of time
--   kind     creation, transition, event or refusal
--   subject  what names the subject: an integer, a UUID or a text. A text that would read as an integer, or begins with
--            a double quote, is written as a JSON string. `actor` is written the same way
--   edge     what was done, or refused: chart, transition and states. Null in an event
--   version  1 for the creation, then one more with each transition, without gaps for each machine and subject. Null
--            where nothing moved
--   actor    who acted: `actor_kind` is user, service or system; `on_behalf_of` is the actor for whom they acted, as JSON
--   context  what else was known, as JSON. `data`: the data of the state that was reached, where it is recorded
--   prev     the digest of the subject's previous record
--   digest   the SHA-256 of this record as one line of JSON, prev included
CREATE TABLE tollgate_record (
    id           BLOB NOT NULL PRIMARY KEY,
    at           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    subject_kind TEXT,
    subject      TEXT,
    machine      INTEGER,
    edge         INTEGER,
    version      INTEGER,
    actor_kind   TEXT,
    actor        TEXT,
    actor_name   TEXT,
    on_behalf_of TEXT,
    reason       TEXT,
    context      TEXT,
    data         TEXT,
    prev         BLOB,
    digest       BLOB,
    event        TEXT,
    properties   TEXT,
    refused_by   TEXT,
    refusal      TEXT
) STRICT, WITHOUT ROWID;

-- Of two writers one gets this version, and the other a conflict. It is also the history of a subject.
CREATE UNIQUE INDEX tollgate_record_version ON tollgate_record (machine, subject, version) WHERE version IS NOT NULL;
-- By transition, by state and by machine: all of them are sets of edges.
CREATE INDEX tollgate_record_edge ON tollgate_record (edge, id) WHERE version IS NOT NULL;
CREATE INDEX tollgate_record_actor ON tollgate_record (actor_kind, actor, id) WHERE actor IS NOT NULL;
-- Events and refusals, which are few; a change costs it nothing.
CREATE INDEX tollgate_record_other ON tollgate_record (kind, id) WHERE version IS NULL;

CREATE VIEW tollgate_history AS
SELECT hex(r.id) AS id, r.at, r.kind, r.subject_kind, r.subject, c.name AS machine, r.version, e.transition,
       e.from_state, e.to_state, r.actor_kind, r.actor, r.actor_name, r.on_behalf_of, r.reason, r.context, r.data,
       r.event, r.properties, r.refused_by, r.refusal, hex(c.fingerprint) AS chart, hex(r.prev) AS prev,
       hex(r.digest) AS digest
FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge LEFT JOIN tollgate_chart c ON c.id = e.chart;

-- Lets in a change only along a declared edge, with what that edge requires, and only where it follows the last record.
CREATE TRIGGER tollgate_check_change BEFORE INSERT ON tollgate_record WHEN NEW.version IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'tollgate: not along a declared edge of the machine, or without the actor or reason that it requires')
    WHERE NOT EXISTS (
        SELECT 1 FROM tollgate_edge e
        WHERE e.id = NEW.edge AND e.machine = NEW.machine AND (e.from_state IS NULL) = (NEW.version = 1)
          AND (NEW.actor IS NOT NULL OR NOT e.requires_actor) AND (NEW.reason IS NOT NULL OR NOT e.requires_reason))
       OR NEW.kind IS NOT CASE WHEN NEW.version = 1 THEN 'creation' ELSE 'transition' END
       OR NEW.version < 1 OR NEW.subject IS NULL OR NEW.subject_kind IS NULL;
END;

CREATE TRIGGER tollgate_check_other BEFORE INSERT ON tollgate_record WHEN NEW.version IS NULL
BEGIN
    SELECT RAISE(ABORT, 'tollgate: a record without a version is an event or a refusal, with what these hold')
    WHERE NOT (NEW.kind IS 'event' AND NEW.event IS NOT NULL AND NEW.edge IS NULL
               OR NEW.kind IS 'refusal' AND NEW.refused_by IS NOT NULL AND NEW.refusal IS NOT NULL);
END;

-- What was written stays as it is.
CREATE TRIGGER tollgate_keep_schema_update BEFORE UPDATE ON tollgate_schema
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_schema_delete BEFORE DELETE ON tollgate_schema
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_machine_update BEFORE UPDATE ON tollgate_machine
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_machine_delete BEFORE DELETE ON tollgate_machine
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_chart_update BEFORE UPDATE ON tollgate_chart
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_chart_delete BEFORE DELETE ON tollgate_chart
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_state_update BEFORE UPDATE ON tollgate_state
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_state_delete BEFORE DELETE ON tollgate_state
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_edge_update BEFORE UPDATE ON tollgate_edge
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_edge_delete BEFORE DELETE ON tollgate_edge
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_record_update BEFORE UPDATE ON tollgate_record
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
CREATE TRIGGER tollgate_keep_record_delete BEFORE DELETE ON tollgate_record
BEGIN SELECT RAISE(ABORT, 'tollgate: what is on record is never changed and never deleted'); END;
