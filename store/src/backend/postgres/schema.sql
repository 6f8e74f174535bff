-- tollgate, schema 1, for PostgreSQL 13 and later. The comment on each table describes its contents; \d+ shows it.
-- Charts and records are only inserted: the triggers of protection.sql refuse every change and deletion.
-- Both files run with the search path "schema of the store, pg_temp".

CREATE TABLE tollgate_schema (
    version    integer     PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tollgate_schema IS 'The versions of this schema that have been applied.';

CREATE TABLE tollgate_machine (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text    NOT NULL UNIQUE
);
COMMENT ON TABLE tollgate_machine IS 'The machines, each with its first registered name: a renamed machine keeps its id.';

CREATE TABLE tollgate_chart (
    id            integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine       integer     NOT NULL REFERENCES tollgate_machine,
    name          text        NOT NULL,
    fingerprint   bytea       NOT NULL CHECK (length(fingerprint) = 32),
    definition    json        NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (machine, fingerprint)
);
COMMENT ON TABLE  tollgate_chart IS 'Every registered chart: a machine as it was declared.';
COMMENT ON COLUMN tollgate_chart.name IS 'The recorded name of the machine in this chart.';
COMMENT ON COLUMN tollgate_chart.fingerprint IS 'The SHA-256 of the chart''s canonical text.';
COMMENT ON COLUMN tollgate_chart.definition IS 'The chart: states, transitions, edges, guards, requirements.';

CREATE TABLE tollgate_state (
    chart    integer NOT NULL REFERENCES tollgate_chart,
    name     text    NOT NULL,
    initial  boolean NOT NULL,
    terminal boolean NOT NULL,
    former   text[]  NOT NULL DEFAULT '{}',
    PRIMARY KEY (chart, name)
);
COMMENT ON TABLE  tollgate_state IS 'The states of each chart.';
COMMENT ON COLUMN tollgate_state.former IS 'The names that the state had before, in records of older charts.';

CREATE TABLE tollgate_edge (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine         integer NOT NULL REFERENCES tollgate_machine,
    chart           integer NOT NULL REFERENCES tollgate_chart,
    transition      text    NOT NULL,
    from_state      text,
    to_state        text    NOT NULL,
    requires_actor  boolean NOT NULL,
    requires_reason boolean NOT NULL,
    UNIQUE (chart, transition, from_state, to_state)
);
COMMENT ON TABLE  tollgate_edge IS 'The edges of each chart. A change along another edge cannot be recorded.';
COMMENT ON COLUMN tollgate_edge.from_state IS 'Null for a creation.';

CREATE TABLE tollgate_record (
    id           uuid        PRIMARY KEY,
    at           timestamptz NOT NULL,
    at_nanos     smallint    NOT NULL DEFAULT 0,
    kind         text        NOT NULL,
    subject_kind text,
    subject      text,
    machine      integer,
    edge         integer,
    version      bigint,
    actor_kind   text,
    actor        text,
    actor_name   text,
    on_behalf_of json,
    reason       text,
    context      json,
    data         json,
    prev         bytea,
    digest       bytea,
    event        text,
    properties   json,
    refused_by   text,
    refusal      text,
    parameters   json
);
COMMENT ON TABLE  tollgate_record IS 'The records: a row for each creation, transition, event and refusal. A row remains after its subject or actor is deleted. tollgate_history shows it with names.';
COMMENT ON COLUMN tollgate_record.id IS 'A version 7 UUID: its first 48 bits are the milliseconds of "at", so that ids are in the order of time. Before 1970 they are 0, and the following bits give the order.';
COMMENT ON COLUMN tollgate_record.at IS 'The time in UTC, years 0 to 9999, truncated to microseconds.';
COMMENT ON COLUMN tollgate_record.at_nanos IS 'The nanoseconds after the microseconds of "at": 0 to 999.';
COMMENT ON COLUMN tollgate_record.kind IS 'creation, transition, event or refusal.';
COMMENT ON COLUMN tollgate_record.subject IS 'The id of the subject: an integer, a UUID, or a text. A text that looks like an integer, or begins with a double quote, is written as a JSON string: "7", quotes included.';
COMMENT ON COLUMN tollgate_record.edge IS 'The edge that was taken or refused: chart, transition and states. Null for an event.';
COMMENT ON COLUMN tollgate_record.version IS '1 for the creation, then one more with each transition, without gaps for each machine and subject. Null for an event or a refusal.';
COMMENT ON COLUMN tollgate_record.actor_kind IS 'user, service or system.';
COMMENT ON COLUMN tollgate_record.actor IS 'The id of the actor, written like the subject. on_behalf_of is the actor for whom this actor acted.';
COMMENT ON COLUMN tollgate_record.context IS 'The context, as canonical JSON: keys sorted, no spaces. on_behalf_of, data, properties and parameters have the same form.';
COMMENT ON COLUMN tollgate_record.data IS 'The data of the state that was reached, if it is declared with #[state(record)].';
COMMENT ON COLUMN tollgate_record.parameters IS 'For a refusal: the arguments of the step that have no other column. "at" is a refused time.';
COMMENT ON COLUMN tollgate_record.prev IS 'The digest of the subject''s previous record.';
COMMENT ON COLUMN tollgate_record.digest IS 'The SHA-256 of this record as one canonical line of JSON, prev included.';

-- For queries by transition, by state and by machine: each selects a set of edges.
CREATE INDEX tollgate_record_edge ON tollgate_record (edge, id) WHERE version IS NOT NULL;
-- Each subject of a machine once. A transition does not write to this index.
CREATE INDEX tollgate_record_creation ON tollgate_record (machine, id) WHERE version = 1;
CREATE INDEX tollgate_record_actor ON tollgate_record (actor_kind, actor, id) WHERE actor IS NOT NULL;
-- Events and refusals, which are few. A change does not write to this index.
CREATE INDEX tollgate_record_other ON tollgate_record (kind, id) WHERE version IS NULL;

CREATE VIEW tollgate_history AS
SELECT r.id, r.at, r.at_nanos, r.kind, r.subject_kind, r.subject, c.name AS machine, r.version, e.transition, e.from_state,
       e.to_state, r.actor_kind, r.actor, r.actor_name, r.on_behalf_of, r.reason, r.context, r.data, r.event,
       r.properties, r.refused_by, r.refusal, r.parameters, encode(c.fingerprint, 'hex') AS chart,
       encode(r.prev, 'hex') AS prev, encode(r.digest, 'hex') AS digest
FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge
-- Both machines are equal. The condition lets a query by the name of the machine find the records by their index.
LEFT JOIN tollgate_chart c ON c.id = e.chart AND c.machine = r.machine;
COMMENT ON VIEW tollgate_history IS 'tollgate_record with the names of machines, transitions and states: every field of the canonical line from which the digest is computed.';

-- The last record of each subject, by one lookup in tollgate_record_version. A table of last records was rejected: an update
-- for each record costs a quarter of the commits per second.
CREATE VIEW tollgate_current AS
SELECT m.name AS machine, created.subject_kind, created.subject, e.to_state AS state, r.version, r.at, r.at_nanos, r.id
FROM (SELECT id, (SELECT c.name FROM tollgate_chart c WHERE c.machine = known.id ORDER BY c.id DESC LIMIT 1) AS name
      FROM tollgate_machine known) m
JOIN tollgate_record created ON created.machine = m.id AND created.version = 1
CROSS JOIN LATERAL (SELECT last.id, last.at, last.at_nanos, last.version, last.edge FROM tollgate_record last
                    WHERE last.machine = created.machine AND last.subject = created.subject AND last.version IS NOT NULL
                    ORDER BY last.version DESC LIMIT 1) r
JOIN tollgate_edge e ON e.id = r.edge;
COMMENT ON VIEW tollgate_current IS 'The state of each subject: a row for each machine and subject. The machine has its name in its latest chart; the state has its name in the last record.';
