-- tollgate, schema 1, for SQLite 3.38 and later (STRICT tables).

CREATE TABLE tollgate_schema (
    -- The versions of this schema that have been applied.
    version    INTEGER PRIMARY KEY,
    applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TABLE tollgate_machine (
    -- The machines, each by the name under which it was registered first: a renamed machine keeps its id.
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE tollgate_chart (
    -- Every chart under which something was recorded: the machines as they were declared.
    id            INTEGER PRIMARY KEY,
    machine       INTEGER NOT NULL REFERENCES tollgate_machine,
    -- The machine's name in this chart.
    name          TEXT NOT NULL,
    -- The SHA-256 of the chart's canonical text.
    fingerprint   BLOB NOT NULL CHECK (length(fingerprint) = 32),
    -- The chart as JSON.
    definition    TEXT NOT NULL CHECK (json_valid(definition)),
    registered_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    UNIQUE (machine, fingerprint)
) STRICT;
-- Which machine has the name. Without it SQLite would not begin a query of the history by a machine's name there.
CREATE INDEX tollgate_chart_name ON tollgate_chart (name, machine);

CREATE TABLE tollgate_state (
    -- The states of each chart.
    chart    INTEGER NOT NULL REFERENCES tollgate_chart,
    name     TEXT NOT NULL,
    initial  INTEGER NOT NULL CHECK (initial IN (0, 1)),
    terminal INTEGER NOT NULL CHECK (terminal IN (0, 1)),
    -- A JSON array: the names that the state had before, in records of older charts.
    former   TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(former)),
    PRIMARY KEY (chart, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE tollgate_edge (
    -- The edges of each chart: what is not here cannot be recorded.
    id              INTEGER PRIMARY KEY,
    machine         INTEGER NOT NULL REFERENCES tollgate_machine,
    chart           INTEGER NOT NULL REFERENCES tollgate_chart,
    transition      TEXT NOT NULL,
    -- Null for a creation.
    from_state      TEXT,
    to_state        TEXT NOT NULL,
    requires_actor  INTEGER NOT NULL CHECK (requires_actor IN (0, 1)),
    requires_reason INTEGER NOT NULL CHECK (requires_reason IN (0, 1)),
    UNIQUE (chart, transition, from_state, to_state)
) STRICT;
-- Which states the charts of a machine have.
CREATE INDEX tollgate_edge_machine ON tollgate_edge (machine, to_state);

CREATE TABLE tollgate_record (
    -- The audit trail: a row for each creation, transition, event and refusal. It is inserted, and never changed or
    -- deleted: triggers refuse it. It outlives the subject and the actor that it names. tollgate_history shows it with
    -- names.
    --
    -- A version 7 UUID: the first 48 bits are the milliseconds of `at`, so ids are in the order of time. Before 1970 they
    -- are 0, and the next bits sort.
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- UTC, years 0 to 9999, RFC 3339 with nanoseconds: `2026-05-01T09:30:00.000000000Z`. All have one length, so they sort
    -- as text. A leap second (`:60`) is refused. `date` gives an existing day back and changes any other; the length in bytes
    -- finds what follows a NUL.
    at           TEXT NOT NULL CHECK (
        length(CAST(at AS BLOB)) = 30
        AND at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]Z'
        AND substr(at, 12, 2) < '24' AND substr(at, 15, 2) < '60' AND substr(at, 18, 2) < '60'
        AND date(substr(at, 1, 10)) IS substr(at, 1, 10)),
    -- creation, transition, event or refusal.
    kind         TEXT NOT NULL,
    subject_kind TEXT,
    -- The id of the subject: an integer, a UUID or a text. A text that would read as an integer, or begins with a
    -- double quote, is written as a JSON string: `"7"`, quotes included. `actor` is written the same way.
    subject      TEXT,
    machine      INTEGER,
    -- The edge that was taken, or refused: tollgate_edge has its chart, its transition and its states.
    edge         INTEGER,
    -- 1 for the creation, then one more with each transition, without gaps for each machine and subject. Null where
    -- nothing moved.
    version      INTEGER,
    -- The actor: user, service or system, with an id.
    actor_kind   TEXT,
    actor        TEXT,
    actor_name   TEXT,
    -- The actor for whom they acted, as canonical JSON. So are `context`, `data` and `properties`: keys sorted, no spaces.
    on_behalf_of TEXT,
    reason       TEXT,
    -- The context, as JSON.
    context      TEXT,
    -- The data of the state that was reached, where it is recorded, as JSON.
    data         TEXT,
    -- The digest of the subject's record before this one.
    prev         BLOB CHECK (length(prev) = 32),
    -- The SHA-256 of this record as one canonical line of JSON, prev included.
    digest       BLOB CHECK (length(digest) = 32),
    -- An event's name, and its properties as JSON.
    event        TEXT,
    properties   TEXT,
    -- In a refusal: the guard, the permission or the requirement that refused, and its reason.
    refused_by   TEXT,
    refusal      TEXT,
    -- In a refusal: the parameters of the step that no other column has, as canonical JSON. `at` is a refused time.
    parameters   TEXT
) STRICT, WITHOUT ROWID;

-- One of two writers gets this version, and the other a conflict. It is also the history of a subject.
CREATE UNIQUE INDEX tollgate_record_version ON tollgate_record (machine, subject, version) WHERE version IS NOT NULL;
-- By transition, by state and by machine: all of them are sets of edges.
CREATE INDEX tollgate_record_edge ON tollgate_record (edge, id) WHERE version IS NOT NULL;
-- The subjects of a machine, each once: a transition costs it nothing.
CREATE INDEX tollgate_record_creation ON tollgate_record (machine, id) WHERE version = 1;
CREATE INDEX tollgate_record_actor ON tollgate_record (actor_kind, actor, id) WHERE actor IS NOT NULL;
-- Events and refusals, which are few; a change costs it nothing.
CREATE INDEX tollgate_record_other ON tollgate_record (kind, id) WHERE version IS NULL;

CREATE VIEW tollgate_history AS
-- The records with names in place of numbers: every field of the canonical line of which a digest is made. Ids and digests
-- are texts as they are there. A subject or an actor is written as its column is. `record` is the id as the index has it.
SELECT lower(substr(hex(r.id), 1, 8) || '-' || substr(hex(r.id), 9, 4) || '-' || substr(hex(r.id), 13, 4) || '-' ||
       substr(hex(r.id), 17, 4) || '-' || substr(hex(r.id), 21)) AS id, r.at, r.kind, r.subject_kind, r.subject, c.name AS machine, r.version, e.transition,
       e.from_state, e.to_state, r.actor_kind, r.actor, r.actor_name, r.on_behalf_of, r.reason, r.context, r.data,
       r.event, r.properties, r.refused_by, r.refusal, r.parameters, lower(nullif(hex(c.fingerprint), '')) AS chart,
       lower(nullif(hex(r.prev), '')) AS prev, lower(nullif(hex(r.digest), '')) AS digest, r.id AS record
FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge
-- The machine of both is the same. A query by the name of the machine needs the condition to find the records by their index.
LEFT JOIN tollgate_chart c ON c.id = e.chart AND c.machine = r.machine;

CREATE VIEW tollgate_current AS
-- The state of each subject: a row for each machine and subject. The machine has the name of its latest chart, and the state
-- the name under which the last record led to it. The last record is one lookup in tollgate_record_version. A table of them,
-- kept up to date by each record, was turned down: it takes a quarter of the rate of commits.
SELECT m.name AS machine, created.subject_kind, created.subject, e.to_state AS state, r.version, r.at, r.id AS record
FROM (SELECT id, (SELECT c.name FROM tollgate_chart c WHERE c.machine = known.id ORDER BY c.id DESC LIMIT 1) AS name
      FROM tollgate_machine known) m
-- SQLite keeps the order of a CROSS JOIN. Without ANALYZE it would take the larger index.
CROSS JOIN tollgate_record created INDEXED BY tollgate_record_creation ON created.machine = m.id AND created.version = 1
CROSS JOIN tollgate_record r ON r.machine = created.machine AND r.subject = created.subject
    AND r.version = (SELECT max(last.version) FROM tollgate_record last
                     WHERE last.machine = created.machine AND last.subject = created.subject AND last.version IS NOT NULL)
CROSS JOIN tollgate_edge e ON e.id = r.edge;

CREATE TRIGGER tollgate_check_edge BEFORE INSERT ON tollgate_edge WHEN NOT EXISTS (
    -- An edge is one that its chart declares: a creation in an initial state, or one of its edges.
    SELECT 1 FROM tollgate_chart c
    WHERE c.id = NEW.chart AND c.machine = NEW.machine AND CASE WHEN NEW.from_state IS NULL
        THEN NEW.transition = 'create' AND EXISTS (
            SELECT 1 FROM json_each(c.definition, '$.states') s
            WHERE s.value ->> 'name' = NEW.to_state AND s.value ->> 'initial')
        ELSE EXISTS (
            SELECT 1 FROM json_each(c.definition, '$.edges') e
            WHERE e.value ->> 'transition' = NEW.transition AND e.value ->> 'from' = NEW.from_state
              AND e.value ->> 'to' = NEW.to_state
              AND NEW.requires_actor = EXISTS (SELECT 1 FROM json_each(e.value, '$.requires') r WHERE r.value = 'actor')
              AND NEW.requires_reason = EXISTS (SELECT 1 FROM json_each(e.value, '$.requires') r WHERE r.value = 'reason')) END)
BEGIN
    SELECT RAISE(ABORT, 'tollgate: its chart does not declare this edge');
END;

-- A change is let in only along a declared edge of its machine, with what that edge requires, and after the last record
-- of its subject. All of that is one question: what is let in should cost little. Why it is not is asked afterwards.
CREATE TRIGGER tollgate_check_change BEFORE INSERT ON tollgate_record
WHEN NEW.version IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM tollgate_edge e
    WHERE e.id = NEW.edge AND e.machine = NEW.machine AND NEW.subject IS NOT NULL AND NEW.subject_kind IS NOT NULL
      -- White space is that of Rust.
      AND (NOT e.requires_actor OR trim(NEW.actor, char(9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193,
          8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288)) <> '')
      AND (NOT e.requires_reason OR trim(NEW.reason, char(9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193,
          8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288)) <> '')
      -- Not `IN`, for whose list SQLite would make a table for each record: a fifth of a commit.
      AND (NEW.actor IS NULL OR NEW.actor_kind = 'user' OR NEW.actor_kind = 'service' OR NEW.actor_kind = 'system')
      AND (NEW.actor IS NOT NULL OR NEW.actor_kind IS NULL)
      -- The first 48 bits of the id are the milliseconds of the time, 0 before 1970.
      AND hex(substr(NEW.id, 1, 6)) = printf('%012X', max(0, strftime('%s', substr(NEW.at, 1, 19)) * 1000 + substr(NEW.at, 21, 3)))
      -- `INSERT OR REPLACE` would delete the stored one without a trigger. The last record is one version
      -- before: so this one's version is free too.
      AND NOT EXISTS (SELECT 1 FROM tollgate_record r WHERE r.id = NEW.id)
      AND (NEW.version = 1 AND NEW.kind = 'creation' AND e.from_state IS NULL AND NEW.prev IS NULL
          AND NOT EXISTS (SELECT 1 FROM tollgate_record r
                          WHERE r.machine = NEW.machine AND r.subject = NEW.subject AND r.version IS NOT NULL)
      -- It begins where the last record ended, under that state's name or a former one, and not before its time; and it
      -- is chained to it, where there is a chain. All that is asked of the last record alone, and not in the WHERE, which
      -- would look further back.
      OR NEW.version > 1 AND NEW.kind = 'transition' AND (
          SELECT CASE WHEN p.version = NEW.version - 1 AND p.at <= NEW.at AND (NEW.digest IS NULL OR p.digest IS NEW.prev)
              AND (o.to_state = e.from_state OR EXISTS (
                  SELECT 1 FROM tollgate_state s, json_each(s.former) f
                  WHERE s.chart = e.chart AND s.name = e.from_state AND f.value = o.to_state)) THEN 1 END
          FROM tollgate_record p CROSS JOIN tollgate_edge o ON o.id = p.edge
          WHERE p.machine = NEW.machine AND p.subject = NEW.subject AND p.version IS NOT NULL
          ORDER BY p.version DESC LIMIT 1)))
BEGIN
    SELECT RAISE(ABORT, 'tollgate: not along a declared edge of the machine, or without the actor or reason that it requires')
    WHERE NOT EXISTS (
        SELECT 1 FROM tollgate_edge e
        WHERE e.id = NEW.edge AND e.machine = NEW.machine AND (e.from_state IS NULL) = (NEW.version = 1)
          AND (NOT e.requires_actor OR trim(NEW.actor, char(9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193,
              8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288)) <> '')
          AND (NOT e.requires_reason OR trim(NEW.reason, char(9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193,
              8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288)) <> ''))
       OR NEW.kind IS NOT CASE WHEN NEW.version = 1 THEN 'creation' ELSE 'transition' END
       OR NEW.version < 1 OR NEW.subject IS NULL OR NEW.subject_kind IS NULL;
    SELECT RAISE(ABORT, 'tollgate: there is a record of this id, or of this version of the subject')
    WHERE EXISTS (SELECT 1 FROM tollgate_record r WHERE r.id = NEW.id)
       OR EXISTS (SELECT 1 FROM tollgate_record r
                  WHERE r.machine = NEW.machine AND r.subject = NEW.subject AND r.version = NEW.version);
    SELECT RAISE(ABORT, 'tollgate: actor and actor_kind must be set together; actor_kind is user, service or system')
    WHERE NOT CASE WHEN NEW.actor IS NULL THEN NEW.actor_kind IS NULL
                   ELSE NEW.actor_kind IS NOT NULL AND NEW.actor_kind IN ('user', 'service', 'system') END;
    SELECT RAISE(ABORT, 'tollgate: the id does not begin with the milliseconds of its time')
    WHERE NOT hex(substr(NEW.id, 1, 6)) = printf('%012X', max(0, strftime('%s', substr(NEW.at, 1, 19)) * 1000 + substr(NEW.at, 21, 3)));
    SELECT RAISE(ABORT, 'tollgate: it does not follow the last record of the subject');
END;

CREATE TRIGGER tollgate_check_other BEFORE INSERT ON tollgate_record WHEN NEW.version IS NULL
BEGIN
    -- A record without a version is an event or a refusal.
    SELECT RAISE(ABORT, 'tollgate: a record without a version is an event or a refusal, with what these hold')
    WHERE NOT (NEW.kind IS 'event' AND NEW.event IS NOT NULL AND NEW.edge IS NULL
               OR NEW.kind IS 'refusal' AND NEW.refused_by IS NOT NULL AND NEW.refusal IS NOT NULL);
    SELECT RAISE(ABORT, 'tollgate: the machine does not have this edge')
    WHERE NEW.edge IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM tollgate_edge e WHERE e.id = NEW.edge AND e.machine IS NEW.machine);
    SELECT RAISE(ABORT, 'tollgate: actor and actor_kind must be set together; actor_kind is user, service or system')
    WHERE NOT CASE WHEN NEW.actor IS NULL THEN NEW.actor_kind IS NULL
                   ELSE NEW.actor_kind IS NOT NULL AND NEW.actor_kind IN ('user', 'service', 'system') END;
    SELECT RAISE(ABORT, 'tollgate: there is a record of this id')
    WHERE EXISTS (SELECT 1 FROM tollgate_record r WHERE r.id = NEW.id);
END;

-- Records never change. An `INSERT OR REPLACE` would delete a row without a trigger for deletions.
CREATE TRIGGER tollgate_keep_schema_update BEFORE UPDATE ON tollgate_schema
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_schema_delete BEFORE DELETE ON tollgate_schema
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_schema_insert BEFORE INSERT ON tollgate_schema
WHEN EXISTS (SELECT 1 FROM tollgate_schema WHERE version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_machine_update BEFORE UPDATE ON tollgate_machine
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_machine_delete BEFORE DELETE ON tollgate_machine
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_machine_insert BEFORE INSERT ON tollgate_machine
WHEN EXISTS (SELECT 1 FROM tollgate_machine WHERE id = NEW.id OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_chart_update BEFORE UPDATE ON tollgate_chart
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_chart_delete BEFORE DELETE ON tollgate_chart
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_chart_insert BEFORE INSERT ON tollgate_chart
WHEN EXISTS (SELECT 1 FROM tollgate_chart WHERE id = NEW.id OR machine = NEW.machine AND fingerprint = NEW.fingerprint)
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_state_update BEFORE UPDATE ON tollgate_state
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_state_delete BEFORE DELETE ON tollgate_state
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_state_insert BEFORE INSERT ON tollgate_state
WHEN EXISTS (SELECT 1 FROM tollgate_state WHERE chart = NEW.chart AND name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_edge_update BEFORE UPDATE ON tollgate_edge
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_edge_delete BEFORE DELETE ON tollgate_edge
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_edge_insert BEFORE INSERT ON tollgate_edge
WHEN EXISTS (SELECT 1 FROM tollgate_edge WHERE id = NEW.id OR chart = NEW.chart AND transition = NEW.transition AND from_state IS NEW.from_state AND to_state = NEW.to_state)
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_record_update BEFORE UPDATE ON tollgate_record
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
CREATE TRIGGER tollgate_keep_record_delete BEFORE DELETE ON tollgate_record
BEGIN SELECT RAISE(ABORT, 'tollgate: stored rows cannot be changed or deleted'); END;
