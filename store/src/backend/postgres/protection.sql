-- The indexes, functions and triggers that protect the tables of schema.sql. If the file runs again, it restores those that
-- were dropped, disabled or replaced. `open` compares the bodies of the functions and the triggers with this file.
-- Each function that names a table or a function sets the search path of this file. Otherwise it would use the search path
-- of the role that inserts, which may have other tables and functions with these names. No body contains a schema's name.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'tollgate_record'::regclass AND contype = 'p') THEN
        ALTER TABLE tollgate_record ADD CONSTRAINT tollgate_record_pkey PRIMARY KEY (id);
    END IF;
    IF EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('tollgate_record_version')
                   AND NOT (indisunique AND indisvalid)) THEN
        DROP INDEX tollgate_record_version;
    END IF;
END
$$;

-- If two writers write the same version, one gets a conflict. The index also gives the history of a subject in its order.
CREATE UNIQUE INDEX IF NOT EXISTS tollgate_record_version ON tollgate_record (machine, subject, version)
    WHERE version IS NOT NULL;

-- Never called, because it follows "version IS NOT NULL OR". Its declared cost makes the planner use the index instead of
-- reading all records. Without it, a session could keep a plan that it made while the table was small.
CREATE OR REPLACE FUNCTION tollgate_by_index(version bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000
    AS $$
BEGIN
    RETURN true;
END
$$;

-- Whether a text has only white space, as Unicode and Rust define it. It compares the bytes of UTF-8, because the encoding
-- and the locale of the database are unknown. STABLE, as convert_to is: a plan does not contain the body of a function that is
-- declared IMMUTABLE and is not, and a call takes 13 us.
CREATE OR REPLACE FUNCTION tollgate_is_blank(given text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT given IS NULL OR encode(convert_to(given, 'UTF8'), 'hex') ~
        '^(09|0a|0b|0c|0d|20|c285|c2a0|e19a80|e2808[0-9a]|e280a[89f]|e2819f|e38080)*$'
$$;

-- The contents of tollgate_edge as constants, which plans contain: a lookup of the edge would cost as much as the insert of
-- the record. tollgate_publish_edges replaces the three functions with these bodies. The rule of an edge is 8 times its
-- machine, plus 4 for a creation, 2 if it requires an actor and 1 if it requires a reason.
CREATE OR REPLACE FUNCTION tollgate_bodies(OUT rule text, OUT departed text, OUT reached text) LANGUAGE sql STABLE
    SET search_path FROM CURRENT AS $$
    -- The index of the arrays is the id of the edge. An id whose insert was rolled back is null.
    SELECT format('SELECT (%L::pg_catalog.int4[])[edge]', coalesce(array_agg(coalesce(
               e.machine * 8 + (e.from_state IS NULL)::integer * 4 + e.requires_actor::integer * 2
               + e.requires_reason::integer, 0) ORDER BY n), '{}')),
           format('SELECT (%L::pg_catalog.text[])[edge]', coalesce(array_agg(e.from_state ORDER BY n), '{}')),
           format('SELECT (%L::pg_catalog.text[])[edge]', coalesce(array_agg(e.to_state ORDER BY n), '{}'))
    FROM generate_series(1, (SELECT max(id) FROM tollgate_edge)) n LEFT JOIN tollgate_edge e ON e.id = n
$$;

-- Runs with the rights of the owner, because a role that may insert an edge may not replace a function.
CREATE OR REPLACE FUNCTION tollgate_publish_edges() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
DECLARE
    bodies record := tollgate_bodies();
    replaced text := 'CREATE OR REPLACE FUNCTION %I.%s(edge integer) RETURNS %s LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L';
BEGIN
    EXECUTE format(replaced, TG_TABLE_SCHEMA, 'tollgate_rule', 'integer', bodies.rule);
    EXECUTE format(replaced, TG_TABLE_SCHEMA, 'tollgate_departed', 'text', bodies.departed);
    EXECUTE format(replaced, TG_TABLE_SCHEMA, 'tollgate_reached', 'text', bodies.reached);
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS tollgate_publish_edges ON tollgate_edge;
CREATE TRIGGER tollgate_publish_edges AFTER INSERT ON tollgate_edge
    FOR EACH STATEMENT EXECUTE FUNCTION tollgate_publish_edges();

-- Whether the state that this edge leaves had this former name.
CREATE OR REPLACE FUNCTION tollgate_was(edge integer, former text) RETURNS boolean LANGUAGE sql STABLE
    SET search_path FROM CURRENT AS $$
    SELECT EXISTS (SELECT FROM tollgate_edge e JOIN tollgate_state s ON s.chart = e.chart AND s.name = e.from_state
                   WHERE e.id = $1 AND $2 = ANY (s.former))
$$;

-- Raises the fault of a record, according to tollgate_edge. A record may have none: if its edge was inserted a moment ago,
-- this session may still have the old functions of constants.
CREATE OR REPLACE FUNCTION tollgate_refuse(record tollgate_record) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT
    AS $$
DECLARE
    edge tollgate_edge;
    before record;
    what text := format('the %s of %s %s', record.kind, record.subject_kind, record.subject);
    fault text;
BEGIN
    SELECT * INTO edge FROM tollgate_edge e WHERE e.id = record.edge AND e.machine = record.machine;
    SELECT p.at, p.at_nanos, p.digest, e.to_state AS state INTO before
    FROM tollgate_record p JOIN tollgate_edge e ON e.id = p.edge
    WHERE p.machine = record.machine AND p.subject = record.subject AND p.version = record.version - 1
      AND (p.version IS NOT NULL OR tollgate_by_index(p.version));
    fault := CASE
        WHEN (record.actor IS NULL) <> (record.actor_kind IS NULL)
             OR record.actor_kind NOT IN ('user', 'service', 'system') THEN
            'actor and actor_kind must be set together; actor_kind is user, service or system'
        WHEN record.at < '0001-01-01 00:00:00+00 BC' OR record.at >= '10000-01-01 00:00:00+00'
             OR record.at_nanos NOT BETWEEN 0 AND 999 THEN
            format('the time %s with %s ns is not one of the years 0 to 9999 with 0 to 999 ns', record.at, record.at_nanos)
        WHEN (record.version IS NOT NULL OR record.edge IS NOT NULL) AND edge.id IS NULL THEN
            format('%s along edge %s, which machine %s does not have; tollgate_edge lists the edges', what, record.edge,
                   record.machine)
        WHEN record.version IS NOT NULL AND edge.requires_actor AND tollgate_is_blank(record.actor) THEN
            format('%s by "%s" without an actor, which it requires', what, edge.transition)
        WHEN record.version IS NOT NULL AND edge.requires_reason AND tollgate_is_blank(record.reason) THEN
            format('%s by "%s" without a reason, which it requires', what, edge.transition)
        WHEN (CASE record.kind
                  WHEN 'transition' THEN record.version > 1 AND edge.from_state IS NOT NULL
                  WHEN 'creation' THEN record.version = 1 AND edge.from_state IS NULL AND record.prev IS NULL
                  WHEN 'event' THEN record.version IS NULL AND record.event IS NOT NULL AND record.edge IS NULL
                  WHEN 'refusal' THEN record.version IS NULL AND record.refused_by IS NOT NULL AND record.refusal IS NOT NULL
              END AND (record.version IS NULL OR record.subject IS NOT NULL AND record.subject_kind IS NOT NULL))
             IS NOT TRUE THEN
            format('%s lacks a column of its kind or has one of another; see the comments on tollgate_record', what)
        WHEN record.version IS NOT NULL AND NOT tollgate_is_id_of(record.id, record.at) THEN
            format('the id %s does not begin with the milliseconds of its time, %s', record.id, record.at)
        WHEN record.version > 1 AND before.state IS NULL THEN
            format('%s at version %s, and the subject has no version %s', what, record.version, record.version - 1)
        WHEN record.version > 1 AND before.state <> edge.from_state AND NOT tollgate_was(record.edge, before.state) THEN
            format('%s by "%s" from "%s", and version %s ended in "%s"', what, edge.transition, edge.from_state,
                   record.version - 1, before.state)
        WHEN record.version > 1 AND (before.at, before.at_nanos) > (record.at, record.at_nanos) THEN
            format('%s at %s, which is before the time of version %s, %s', what, record.at, record.version - 1, before.at)
        WHEN record.version > 1 AND record.digest IS NOT NULL AND record.prev IS DISTINCT FROM before.digest THEN
            format('%s whose prev is not the digest of version %s', what, record.version - 1)
        -- The owner may record future times, as tests do. After a fast clock, other roles may repeat the last record's time.
        WHEN record.version IS NOT NULL AND record.at > clock_timestamp() + interval '1 day'
             AND record.at IS DISTINCT FROM before.at AND NOT pg_has_role(
                 (SELECT c.relowner FROM pg_class c WHERE c.oid = 'tollgate_record'::regclass), 'MEMBER') THEN
            format('%s at %s, more than a day after the clock of the server; the owner of tollgate_record can record it',
                   what, record.at)
        END;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'TG001';
    END IF;
END
$$;

-- Whether the first 48 bits of an id are the milliseconds of this time; they are 0 before 1970. STABLE, as date_trunc is.
CREATE OR REPLACE FUNCTION tollgate_is_id_of(id uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT substring(uuid_send(id) FOR 6) = substring(int8send(greatest(0,
        date_part('epoch', date_trunc('milliseconds', at)) * 1000)::bigint) FROM 3)
$$;

-- Accepts a change only if its edge is declared, it has the actor and the reason that the edge requires, and its state, time
-- and digest continue the previous record. The lookup of that record takes the server 4 us, half of this function: 2 percent
-- of a single commit, a fifth of a record in a batch. A trigger for each statement, with a transition table, saves 2 us for
-- each record in a batch and adds 6 us to a single commit, which is more common. Each statement would parse a CHECK
-- constraint again, which costs more than this function.
-- STABLE: the lookup uses the snapshot of the statement. If it does not find the record, tollgate_refuse repeats the lookup.
CREATE OR REPLACE FUNCTION tollgate_check_record() RETURNS trigger LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    rule integer := tollgate_rule(NEW.edge);
    follows boolean;
BEGIN
    IF NEW.version > 1 THEN
        SELECT true INTO follows FROM tollgate_record p
        WHERE p.machine = NEW.machine AND p.subject = NEW.subject AND p.version = NEW.version - 1
          AND (p.version IS NOT NULL OR tollgate_by_index(p.version))
          AND tollgate_reached(p.edge) = tollgate_departed(NEW.edge)
          AND (p.at < NEW.at OR p.at = NEW.at AND p.at_nanos <= NEW.at_nanos)
          AND (NEW.digest IS NULL OR NEW.prev IS NOT DISTINCT FROM p.digest);
    END IF;
    IF (CASE NEW.kind
           WHEN 'transition' THEN follows
           WHEN 'creation' THEN NEW.version = 1 AND rule & 4 = 4 AND NEW.prev IS NULL
           WHEN 'event' THEN NEW.version IS NULL AND NEW.event IS NOT NULL AND NEW.edge IS NULL
           WHEN 'refusal' THEN NEW.version IS NULL AND NEW.refused_by IS NOT NULL AND NEW.refusal IS NOT NULL
               AND (NEW.edge IS NULL OR rule >> 3 = NEW.machine)
       END)
       AND (CASE WHEN NEW.actor_kind IS NULL THEN NEW.actor IS NULL
                 ELSE NEW.actor IS NOT NULL AND NEW.actor_kind IN ('user', 'service', 'system') END)
       AND (NEW.version IS NULL OR rule >> 3 = NEW.machine AND NEW.subject IS NOT NULL AND NEW.subject_kind IS NOT NULL
            AND tollgate_is_id_of(NEW.id, NEW.at) AND (rule & 2 = 0 OR NOT tollgate_is_blank(NEW.actor))
            AND (rule & 1 = 0 OR NOT tollgate_is_blank(NEW.reason)))
       -- tollgate_refuse checks later times, including infinity.
       AND NEW.at >= '0001-01-01 00:00:00+00 BC' AND NEW.at < clock_timestamp() + interval '1 day'
       AND NEW.at_nanos BETWEEN 0 AND 999 THEN
        RETURN NEW;
    END IF;
    PERFORM tollgate_refuse(NEW);
    RETURN NEW;
END
$$;

-- For databases in which PUBLIC has no default right to functions: each role that may insert calls these.
GRANT EXECUTE ON FUNCTION tollgate_by_index, tollgate_bodies, tollgate_is_blank, tollgate_is_id_of, tollgate_was,
    tollgate_refuse TO PUBLIC;

DROP TRIGGER IF EXISTS tollgate_check_record ON tollgate_record;
CREATE TRIGGER tollgate_check_record BEFORE INSERT ON tollgate_record
    FOR EACH ROW EXECUTE FUNCTION tollgate_check_record();

-- Accepts an edge only if its chart declares it: a creation in an initial state, or one of the chart's edges.
CREATE OR REPLACE FUNCTION tollgate_check_edge() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM tollgate_chart c
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

DROP TRIGGER IF EXISTS tollgate_check_edge ON tollgate_edge;
CREATE TRIGGER tollgate_check_edge BEFORE INSERT ON tollgate_edge
    FOR EACH ROW EXECUTE FUNCTION tollgate_check_edge();

-- Refuses to change or delete rows.
CREATE OR REPLACE FUNCTION tollgate_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: stored rows cannot be changed or deleted', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'TG003';
END
$$;

DROP TRIGGER IF EXISTS tollgate_keep ON tollgate_schema;
CREATE TRIGGER tollgate_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON tollgate_schema
    FOR EACH STATEMENT EXECUTE FUNCTION tollgate_keep();
DROP TRIGGER IF EXISTS tollgate_keep ON tollgate_machine;
CREATE TRIGGER tollgate_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON tollgate_machine
    FOR EACH STATEMENT EXECUTE FUNCTION tollgate_keep();
DROP TRIGGER IF EXISTS tollgate_keep ON tollgate_chart;
CREATE TRIGGER tollgate_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON tollgate_chart
    FOR EACH STATEMENT EXECUTE FUNCTION tollgate_keep();
DROP TRIGGER IF EXISTS tollgate_keep ON tollgate_state;
CREATE TRIGGER tollgate_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON tollgate_state
    FOR EACH STATEMENT EXECUTE FUNCTION tollgate_keep();
DROP TRIGGER IF EXISTS tollgate_keep ON tollgate_edge;
CREATE TRIGGER tollgate_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON tollgate_edge
    FOR EACH STATEMENT EXECUTE FUNCTION tollgate_keep();
DROP TRIGGER IF EXISTS tollgate_keep ON tollgate_record;
CREATE TRIGGER tollgate_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON tollgate_record
    FOR EACH STATEMENT EXECUTE FUNCTION tollgate_keep();

-- This inserts nothing, but the statement's trigger creates the three functions of constants.
INSERT INTO tollgate_edge (machine) SELECT NULL WHERE false;

GRANT EXECUTE ON FUNCTION tollgate_rule, tollgate_departed, tollgate_reached TO PUBLIC;
