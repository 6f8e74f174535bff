-- tollgate, schema 1, for PostgreSQL 13 and later. The comment of each table describes it; \d+ shows it.
-- Charts and records are inserted, and never changed or deleted: the triggers of protection.sql refuse it to everyone.
-- Both files run with a search path of the schema of the store and pg_temp, in this order.

CREATE TABLE tollgate_schema (
    version    integer     PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tollgate_schema IS 'The versions of this schema that have been applied.';

CREATE TABLE tollgate_machine (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text    NOT NULL UNIQUE
);
COMMENT ON TABLE tollgate_machine IS 'The machines, each by the name under which it was registered first: a renamed machine keeps its id.';

CREATE TABLE tollgate_chart (
    id            integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine       integer     NOT NULL REFERENCES tollgate_machine,
    name          text        NOT NULL,
    fingerprint   bytea       NOT NULL CHECK (length(fingerprint) = 32),
    definition    json        NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (machine, fingerprint)
);
COMMENT ON TABLE  tollgate_chart IS 'Every chart under which something was recorded: the machines as they were declared.';
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
COMMENT ON TABLE  tollgate_edge IS 'The edges of each chart: what is not here cannot be recorded.';
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
COMMENT ON TABLE  tollgate_record IS 'What happened: a row for each creation, transition, event and refusal. A row outlives the subject and the actor that it names. tollgate_history shows it with names.';
COMMENT ON COLUMN tollgate_record.id IS 'A version 7 UUID: its first 48 bits are the milliseconds of "at", so that ids are in the order of time. Before 1970 they are 0, and the next bits sort.';
COMMENT ON COLUMN tollgate_record.at IS 'The time in UTC, years 0 to 9999, cut to microseconds.';
COMMENT ON COLUMN tollgate_record.at_nanos IS 'The nanoseconds of the time beyond the microseconds of "at": 0 to 999.';
COMMENT ON COLUMN tollgate_record.kind IS 'creation, transition, event or refusal.';
COMMENT ON COLUMN tollgate_record.subject IS 'What names the subject: an integer, a UUID, or a text. A text that would read as an integer, or begins with a double quote, is written as a JSON string: "7", quotes included.';
COMMENT ON COLUMN tollgate_record.edge IS 'What was done, or refused: chart, transition and states. Null in an event.';
COMMENT ON COLUMN tollgate_record.version IS '1 for the creation, then one more with each transition, without gaps for each machine and subject. Null where nothing moved.';
COMMENT ON COLUMN tollgate_record.actor_kind IS 'user, service or system.';
COMMENT ON COLUMN tollgate_record.actor IS 'What names the actor, written as the subject is. on_behalf_of is the actor for whom they acted.';
COMMENT ON COLUMN tollgate_record.context IS 'What else was known, as canonical JSON: keys sorted, no spaces. So are on_behalf_of, data, properties and parameters.';
COMMENT ON COLUMN tollgate_record.data IS 'The data of the state that was reached, where it is declared with #[state(record)].';
COMMENT ON COLUMN tollgate_record.parameters IS 'Of a refusal: what the step was given and the other columns do not hold. "at" is a refused time.';
COMMENT ON COLUMN tollgate_record.prev IS 'The digest of the subject''s previous record.';
COMMENT ON COLUMN tollgate_record.digest IS 'The SHA-256 of this record as one canonical line of JSON, prev included.';

-- By transition, by state and by machine: all of them are sets of edges.
CREATE INDEX tollgate_record_edge ON tollgate_record (edge, id) WHERE version IS NOT NULL;
-- The subjects of a machine, each once: a transition costs it nothing.
CREATE INDEX tollgate_record_creation ON tollgate_record (machine, id) WHERE version = 1;
CREATE INDEX tollgate_record_actor ON tollgate_record (actor_kind, actor, id) WHERE actor IS NOT NULL;
-- Events and refusals, which are few; a change costs it nothing.
CREATE INDEX tollgate_record_other ON tollgate_record (kind, id) WHERE version IS NULL;

CREATE VIEW tollgate_history AS
SELECT r.id, r.at, r.at_nanos, r.kind, r.subject_kind, r.subject, c.name AS machine, r.version, e.transition, e.from_state,
       e.to_state, r.actor_kind, r.actor, r.actor_name, r.on_behalf_of, r.reason, r.context, r.data, r.event,
       r.properties, r.refused_by, r.refusal, r.parameters, encode(c.fingerprint, 'hex') AS chart,
       encode(r.prev, 'hex') AS prev, encode(r.digest, 'hex') AS digest
FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge
-- The machine of both is the same. A query by the name of the machine needs the condition to find the records by their index.
LEFT JOIN tollgate_chart c ON c.id = e.chart AND c.machine = r.machine;
COMMENT ON VIEW tollgate_history IS 'tollgate_record with the names of machines, transitions and states: every field of the canonical line of which a digest is made.';

-- The last record of each subject, by one lookup in tollgate_record_version. A table of them, kept up to date by each record,
-- was turned down: it takes a quarter of the rate of commits.
CREATE VIEW tollgate_current AS
SELECT m.name AS machine, created.subject_kind, created.subject, e.to_state AS state, r.version, r.at, r.at_nanos, r.id
FROM (SELECT id, (SELECT c.name FROM tollgate_chart c WHERE c.machine = known.id ORDER BY c.id DESC LIMIT 1) AS name
      FROM tollgate_machine known) m
JOIN tollgate_record created ON created.machine = m.id AND created.version = 1
CROSS JOIN LATERAL (SELECT last.id, last.at, last.at_nanos, last.version, last.edge FROM tollgate_record last
                    WHERE last.machine = created.machine AND last.subject = created.subject AND last.version IS NOT NULL
                    ORDER BY last.version DESC LIMIT 1) r
JOIN tollgate_edge e ON e.id = r.edge;
COMMENT ON VIEW tollgate_current IS 'The state of each subject: a row for each machine and subject. The machine has the name of its latest chart, and the state the name under which the last record led to it.';
