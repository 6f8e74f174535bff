-- tollgate, schema 1, for PostgreSQL 13 and later. What each table holds is said in its comment; \d+ shows it.
-- Charts and records are inserted, and never changed or deleted: triggers refuse it to everyone.
-- @extschema@ is the schema in which all this is made. Functions name it, because they run on the search path of whoever
-- inserts, where a temporary table of the same name would come first.

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

-- Of two writers one gets this version, and the other a conflict. It is also the history of a subject.
CREATE UNIQUE INDEX tollgate_record_version ON tollgate_record (machine, subject, version) WHERE version IS NOT NULL;
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

-- Stands where it is never called, beside "version IS NOT NULL OR". What it is said to cost keeps a plan from reading all
-- records to find one: a plan that was made when there were few is kept by its session when there are many.
CREATE FUNCTION tollgate_by_index(version bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
BEGIN
    RETURN true;
END
$$;

-- tollgate_edge once more, as constants that plans contain: to look a row up for each record would cost as much as to insert
-- it. tollgate_publish_edges replaces both functions. What an edge requires is 8 times its machine, plus 4 for a creation, 2
-- for an actor and 1 for a reason.
CREATE FUNCTION tollgate_rule(edge integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    'SELECT (''{}''::integer[])[edge]';
CREATE FUNCTION tollgate_reached(edge integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    'SELECT (''{}''::text[])[edge]';

-- With the rights of the owner, since whoever may insert an edge may not replace a function.
CREATE FUNCTION tollgate_publish_edges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rules integer[];
    states text[];
    replaced text := 'CREATE OR REPLACE FUNCTION @extschema@.%s(edge integer) RETURNS %s LANGUAGE sql IMMUTABLE '
                     'PARALLEL SAFE AS %L';
BEGIN
    -- By their ids. One that was rolled back is a gap.
    SELECT array_agg(coalesce(e.machine * 8 + (e.from_state IS NULL)::integer * 4 + e.requires_actor::integer * 2
                                  + e.requires_reason::integer, 0) ORDER BY n),
           array_agg(e.to_state ORDER BY n)
    INTO rules, states
    FROM generate_series(1, (SELECT max(id) FROM @extschema@.tollgate_edge)) n
    LEFT JOIN @extschema@.tollgate_edge e ON e.id = n;
    EXECUTE format(replaced, 'tollgate_rule', 'integer', format('SELECT (%L::integer[])[edge]', rules));
    EXECUTE format(replaced, 'tollgate_reached', 'text', format('SELECT (%L::text[])[edge]', states));
    RETURN NULL;
END
$$;

CREATE TRIGGER tollgate_publish_edges AFTER INSERT ON tollgate_edge
    FOR EACH STATEMENT EXECUTE FUNCTION tollgate_publish_edges();

-- Says what is wrong with a record. Nothing is, where its edge was declared a moment ago and this session has yet to hear
-- of it: tollgate_edge decides.
CREATE FUNCTION tollgate_refuse(record tollgate_record) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    edge @extschema@.tollgate_edge;
    what text := format('a %s of %s %s', record.kind, record.subject_kind, record.subject);
BEGIN
    IF (record.actor IS NULL) <> (record.actor_kind IS NULL)
       OR record.actor_kind NOT IN ('user', 'service', 'system') THEN
        RAISE EXCEPTION 'an actor has a name, and is of the kind user, service or system' USING ERRCODE = 'TG001';
    END IF;
    IF record.at < '0001-01-01 00:00:00+00 BC' OR record.at >= '10000-01-01 00:00:00+00'
       OR record.at_nanos NOT BETWEEN 0 AND 999 THEN
        RAISE EXCEPTION 'the time % with % ns is not one of the years 0 to 9999 with 0 to 999 ns', record.at, record.at_nanos
            USING ERRCODE = 'TG001';
    END IF;
    SELECT * INTO edge FROM @extschema@.tollgate_edge e WHERE e.id = record.edge AND e.machine = record.machine;
    IF (record.version IS NOT NULL OR record.edge IS NOT NULL) AND edge.id IS NULL THEN
        RAISE EXCEPTION '% along edge %, which machine % does not have; tollgate_edge lists the edges',
            what, record.edge, record.machine USING ERRCODE = 'TG001';
    ELSIF record.kind = 'refusal' AND record.version IS NULL AND edge.id IS NOT NULL
          AND record.refused_by IS NOT NULL AND record.refusal IS NOT NULL THEN
        RETURN;
    ELSIF edge.requires_actor AND coalesce(record.actor, '') = '' THEN
        RAISE EXCEPTION '% by "%" without an actor, which it requires', what, edge.transition USING ERRCODE = 'TG001';
    ELSIF edge.requires_reason AND coalesce(record.reason, '') = '' THEN
        RAISE EXCEPTION '% by "%" without a reason, which it requires', what, edge.transition USING ERRCODE = 'TG001';
    ELSIF record.subject IS NOT NULL AND record.subject_kind IS NOT NULL
          AND record.kind = (CASE WHEN edge.from_state IS NULL THEN 'creation' ELSE 'transition' END)
          AND (CASE WHEN edge.from_state IS NULL THEN record.version = 1 ELSE record.version > 1 END) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION '% that has not the shape of one; the comments of tollgate_record say what it holds', what
        USING ERRCODE = 'TG001';
END
$$;

-- Lets in a change only along a declared edge, with what that edge requires. No query: CHECK constraints would be read anew by
-- each statement, which costs more than this function. First comes what most records are, in few operators, since each
-- transaction makes those that it comes to ready again.
CREATE FUNCTION tollgate_check_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rule integer;
BEGIN
    IF NEW.kind = 'transition' AND NEW.version > 1 AND @extschema@.tollgate_rule(NEW.edge) & ~2 = NEW.machine * 8
       AND NEW.actor <> '' AND NEW.actor_kind IN ('user', 'service', 'system')
       AND NEW.subject IS NOT NULL AND NEW.subject_kind IS NOT NULL
       -- Infinity is outside too.
       AND NEW.at >= '0001-01-01 00:00:00+00 BC' AND NEW.at < '10000-01-01 00:00:00+00'
       AND NEW.at_nanos BETWEEN 0 AND 999 THEN
        RETURN NEW;
    END IF;
    rule := @extschema@.tollgate_rule(NEW.edge);
    IF (CASE WHEN NEW.actor_kind IS NULL THEN NEW.actor IS NULL
             ELSE NEW.actor IS NOT NULL AND NEW.actor_kind IN ('user', 'service', 'system') END)
       AND (CASE NEW.kind
           WHEN 'transition' THEN NEW.version > 1 AND rule & 4 = 0
           WHEN 'creation' THEN NEW.version = 1 AND rule & 4 = 4
           WHEN 'event' THEN NEW.version IS NULL AND NEW.event IS NOT NULL AND NEW.edge IS NULL
           WHEN 'refusal' THEN NEW.version IS NULL AND NEW.refused_by IS NOT NULL AND NEW.refusal IS NOT NULL
               AND (NEW.edge IS NULL OR rule >> 3 = NEW.machine)
           END)
       AND NEW.at >= '0001-01-01 00:00:00+00 BC' AND NEW.at < '10000-01-01 00:00:00+00'
       AND NEW.at_nanos BETWEEN 0 AND 999
       AND (NEW.version IS NULL OR rule >> 3 = NEW.machine AND NEW.subject IS NOT NULL AND NEW.subject_kind IS NOT NULL
            AND (rule & 2 = 0 OR NEW.actor <> '') AND (rule & 1 = 0 OR NEW.reason <> '')) THEN
        RETURN NEW;
    END IF;
    PERFORM @extschema@.tollgate_refuse(NEW);
    RETURN NEW;
END
$$;

-- Whoever may insert is to be judged, also where functions are not everybody's by default.
GRANT EXECUTE ON FUNCTION tollgate_by_index, tollgate_rule, tollgate_reached, tollgate_refuse TO PUBLIC;

CREATE TRIGGER tollgate_check_record BEFORE INSERT ON tollgate_record
    FOR EACH ROW EXECUTE FUNCTION tollgate_check_record();

-- An edge is one that its chart declares: a creation in an initial state, or one of its edges.
CREATE FUNCTION tollgate_check_edge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM @extschema@.tollgate_chart c
        WHERE c.id = NEW.chart AND c.machine = NEW.machine AND CASE WHEN NEW.from_state IS NULL
            THEN NEW.transition = 'create' AND EXISTS (
                SELECT FROM json_array_elements(c.definition -> 'states') s
                WHERE s ->> 'name' = NEW.to_state AND (s ->> 'initial')::boolean)
            ELSE EXISTS (
                SELECT FROM json_array_elements(c.definition -> 'edges') e
                WHERE e ->> 'transition' = NEW.transition AND e ->> 'from' = NEW.from_state AND e ->> 'to' = NEW.to_state
                  AND NEW.requires_actor = (coalesce(e -> 'requires', '[]')::jsonb ? 'actor')
                  AND NEW.requires_reason = (coalesce(e -> 'requires', '[]')::jsonb ? 'reason')) END) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'chart % does not declare the edge "%" from "%" to "%"', NEW.chart, NEW.transition, NEW.from_state,
        NEW.to_state USING ERRCODE = 'TG001';
END
$$;

CREATE TRIGGER tollgate_check_edge BEFORE INSERT ON tollgate_edge
    FOR EACH ROW EXECUTE FUNCTION tollgate_check_edge();

-- What was written stays as it is.
CREATE FUNCTION tollgate_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what is on record is never changed and never deleted', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'TG003';
END
$$;

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['tollgate_schema', 'tollgate_machine', 'tollgate_chart', 'tollgate_state',
                                'tollgate_edge', 'tollgate_record'] LOOP
        EXECUTE format('CREATE TRIGGER tollgate_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION tollgate_keep()', kept);
    END LOOP;
END
$$;
