-- The hub: what a PostgreSQL (15 or later) needs so that laptops exchange through it.
--
-- Run once by an administrator in an empty database of its own, and again after an update of the
-- program; it asks nothing and changes nothing that is there already:
--     psql -v ON_ERROR_STOP=1 --single-transaction -f hub.sql fairvisit
-- What reaches the hub: entries of laptops (header and sealed payload) and sealed letters. It holds
-- no key and can read neither. docs/exchange.md tells how to set it up, docs/decisions/0135-hub.md,
-- 0136 and 0137 why it is as it is.
--
-- Two fences, each of which holds alone: logins have no right on any table, only functions; and
-- every row is guarded by a policy on session_user, in force for the functions themselves too
-- (FORCE ROW LEVEL SECURITY). session_user is the login and cannot be set by anybody but a
-- superuser.
--
-- Errors have codes of their own: VH001 not enrolled, VH002 not yours, VH003 forked, VH004 gap,
-- VH005 chain, VH006 garbled, VH007 too large, VH008 for another role, VH009 too much waiting.

SET client_min_messages = warning;

-- Roles -------------------------------------------------------------------------------------------
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['fairvisit_owner', 'fairvisit_admin', 'fairvisit_lead',
                               'fairvisit_collector'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = one) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOCREATEDB NOCREATEROLE', one);
        END IF;
        -- An administrator without the powers of a superuser has to become the owner below.
        IF one IN ('fairvisit_owner', 'fairvisit_admin')
            AND NOT pg_catalog.pg_has_role(session_user, one, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', one, session_user);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO fairvisit_admin, fairvisit_lead,'
                   ' fairvisit_collector', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO fairvisit_owner', current_database());
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user) THEN
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        -- Whoever may connect may otherwise fill the disk with large objects.
        REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)
            FROM PUBLIC;
    END IF;
END $$;

SET ROLE fairvisit_owner;
CREATE SCHEMA IF NOT EXISTS app;
REVOKE ALL ON SCHEMA app FROM PUBLIC;
GRANT USAGE ON SCHEMA app TO fairvisit_admin, fairvisit_lead, fairvisit_collector;
ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;

-- Tables ------------------------------------------------------------------------------------------
CREATE TABLE IF NOT EXISTS app.team (
    team text PRIMARY KEY CHECK (team ~ '^[a-z][a-z0-9_]{0,47}$')
);
CREATE TABLE IF NOT EXISTS app.member (
    login text PRIMARY KEY CHECK (login ~ '^[a-z][a-z0-9_]{0,47}$'),
    role text NOT NULL CHECK (role IN ('lead', 'collector')),
    team text NOT NULL REFERENCES app.team,
    added_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz
);
CREATE UNIQUE INDEX IF NOT EXISTS one_lead ON app.member (team)
    WHERE role = 'lead' AND removed_at IS NULL;
CREATE INDEX IF NOT EXISTS member_team ON app.member (team);

CREATE TABLE IF NOT EXISTS app.device (
    device_id text PRIMARY KEY CHECK (device_id ~ '^[A-Za-z0-9]{8,64}$'),
    collector text NOT NULL REFERENCES app.member,
    team text NOT NULL REFERENCES app.team,
    registered_at timestamptz NOT NULL DEFAULT now(),
    last_seq bigint NOT NULL DEFAULT 0,
    last_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
);
CREATE INDEX IF NOT EXISTS device_collector ON app.device (collector);
CREATE INDEX IF NOT EXISTS device_team ON app.device (team);

-- The key begins with the device everywhere, so that the rows can be spread by it.
CREATE TABLE IF NOT EXISTS app.event (
    device_id text NOT NULL,
    device_seq bigint NOT NULL CHECK (device_seq > 0),
    event_id bytea NOT NULL CHECK (octet_length(event_id) = 16),
    kind text NOT NULL CHECK (kind ~ '^[A-Za-z0-9._-]{1,64}$'),
    debtor_id text NOT NULL CHECK (debtor_id ~ '^[A-Za-z0-9._-]{0,64}$'),
    batch bytea NOT NULL CHECK (octet_length(batch) BETWEEN 1 AND 32),
    occurred_at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    schema_v integer NOT NULL CHECK (schema_v > 0),
    key bytea CHECK (octet_length(key) BETWEEN 1 AND 64),
    payload bytea NOT NULL CHECK (octet_length(payload) <= 8388608),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (device_id, device_seq),
    UNIQUE (device_id, event_id)
) PARTITION BY HASH (device_id);
DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE IF NOT EXISTS app.event_%s PARTITION OF app.event'
                       ' FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part);
        -- No policy: a part cannot be read but through the whole.
        EXECUTE format('ALTER TABLE app.event_%s ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE app.event_%s FORCE ROW LEVEL SECURITY', part);
    END LOOP;
END $$;

-- A box is where letters lie to and from one laptop; its name is the fingerprint of the laptop's
-- keys, so another laptop of the same collector has another one. The lead may write to it before
-- the laptop has come for the first time (`collector` is empty until then).
-- The row also counts: numbers of letters have no gap and follow the order of commits.
CREATE TABLE IF NOT EXISTS app.box (
    box text PRIMARY KEY CHECK (box ~ '^[0-9a-f]{16}$'),
    team text NOT NULL REFERENCES app.team,
    collector text REFERENCES app.member,
    made_at timestamptz NOT NULL DEFAULT now(),
    up_last bigint NOT NULL DEFAULT 0,
    down_last bigint NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS box_collector ON app.box (collector);
CREATE INDEX IF NOT EXISTS box_team ON app.box (team);

-- Letters: `up` from a collector to the lead, else to the collector. One that is still coming in
-- has no number.
CREATE TABLE IF NOT EXISTS app.delivery (
    box text NOT NULL REFERENCES app.box,
    up boolean NOT NULL,
    sum bytea NOT NULL CHECK (octet_length(sum) = 32),  -- SHA-256 of the whole body
    cseq bigint,
    size bigint NOT NULL CHECK (size BETWEEN 1 AND 536870912),
    parts integer NOT NULL CHECK (parts BETWEEN 1 AND 1024),
    begun_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (box, up, sum),
    UNIQUE (box, up, cseq)
);
CREATE TABLE IF NOT EXISTS app.delivery_part (
    box text NOT NULL,
    up boolean NOT NULL,
    sum bytea NOT NULL,
    part integer NOT NULL CHECK (part >= 0),
    body bytea NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 4194304),
    PRIMARY KEY (box, up, sum, part),
    FOREIGN KEY (box, up, sum) REFERENCES app.delivery ON DELETE CASCADE
);

-- Who is asking -----------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION app.is_admin() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_has_role(session_user, 'fairvisit_admin', 'MEMBER')
$$;

CREATE OR REPLACE FUNCTION app.me() RETURNS text  -- the collector's login; NULL for others
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT login FROM app.member
    WHERE login = session_user AND role = 'collector' AND removed_at IS NULL
$$;

CREATE OR REPLACE FUNCTION app.led() RETURNS text  -- the team the login leads; NULL for others
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT team FROM app.member
    WHERE login = session_user AND role = 'lead' AND removed_at IS NULL
$$;

CREATE OR REPLACE FUNCTION app.mine() RETURNS text  -- the team of a collector; NULL for others
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT team FROM app.member WHERE login = app.me()
$$;

-- Policies ----------------------------------------------------------------------------------------
DO $$
DECLARE
    one text;
    me CONSTANT text := 'collector = (SELECT app.me()) AND team = (SELECT app.mine())';
    led CONSTANT text := 'team = (SELECT app.led())';
    admin CONSTANT text := '(SELECT app.is_admin())';
    my_device CONSTANT text := format(
        'device_id IN (SELECT d.device_id FROM app.device d WHERE %s)', me);
    my_box CONSTANT text := format('box IN (SELECT b.box FROM app.box b WHERE %s)', me);
    led_box CONSTANT text := format('box IN (SELECT b.box FROM app.box b WHERE %s)', led);
    sent CONSTANT text := format('up AND %s OR NOT up AND %s', my_box, led_box);
    either CONSTANT text := format('%s OR %s', my_box, led_box);
    rules CONSTANT text[] := ARRAY[
        ['member', 'SELECT', 'login = session_user'],
        ['team', 'SELECT', led || ' OR ' || admin],
        ['team', 'INSERT', admin],
        ['device', 'SELECT', me || ' OR ' || led || ' OR ' || admin],
        ['device', 'INSERT', me],
        ['device', 'UPDATE', me],
        ['event', 'SELECT', my_device || ' OR device_id IN (SELECT d.device_id FROM app.device d'
                            ' WHERE ' || led || ')'],
        ['event', 'INSERT', my_device],
        -- A box without a collector is claimed by who knows its name, in the lead's own team.
        ['box', 'SELECT', 'team = (SELECT app.mine()) AND (collector = (SELECT app.me()) OR'
                          ' collector IS NULL) OR ' || led || ' OR ' || admin],
        ['box', 'INSERT', me || ' OR collector IS NULL AND ' || led],
        ['box', 'UPDATE', 'team = (SELECT app.mine()) AND (collector = (SELECT app.me()) OR'
                          ' collector IS NULL) OR ' || led],
        -- An administrator clears what waits for a collector who is removed.
        ['delivery', 'SELECT', either || ' OR ' || admin],
        ['delivery', 'INSERT', sent],
        ['delivery', 'UPDATE', sent],
        ['delivery', 'DELETE', either || ' OR ' || admin],
        ['delivery_part', 'SELECT', either],
        ['delivery_part', 'INSERT', sent]
    ];
BEGIN
    FOR one IN SELECT DISTINCT rules[n][1] FROM generate_subscripts(rules, 1) n LOOP
        EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY', one);
        -- `member` is what the policies themselves are made of: its owner has to see it.
        IF one <> 'member' THEN
            EXECUTE format('ALTER TABLE app.%I FORCE ROW LEVEL SECURITY', one);
        END IF;
    END LOOP;
    FOR n IN 1..array_length(rules, 1) LOOP
        EXECUTE format('DROP POLICY IF EXISTS by_%s ON app.%I', lower(rules[n][2]), rules[n][1]);
        EXECUTE format('CREATE POLICY by_%s ON app.%I FOR %s %s (%s)', lower(rules[n][2]),
                       rules[n][1], rules[n][2],
                       CASE rules[n][2] WHEN 'INSERT' THEN 'WITH CHECK' ELSE 'USING' END,
                       rules[n][3]);
    END LOOP;
END $$;

-- Everybody ---------------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION app.hello(OUT version integer, OUT role text, OUT team text,
                                     OUT at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT 1, m.role, m.team, clock_timestamp()
    FROM (SELECT 1) AS always
    LEFT JOIN app.member m ON m.login = session_user AND m.removed_at IS NULL
$$;

CREATE OR REPLACE FUNCTION app.sender(p_box text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Whether the caller's letters at this box go up; the box has to be the caller's.
BEGIN
    IF app.me() IS NOT NULL THEN
        PERFORM 1 FROM app.box b
        WHERE b.box = p_box AND b.collector = app.me() AND b.team = app.mine();
    ELSIF app.led() IS NOT NULL THEN
        PERFORM 1 FROM app.box b WHERE b.box = p_box AND b.team = app.led();
    ELSE
        RAISE EXCEPTION 'not enrolled' USING ERRCODE = 'VH001';
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not yours' USING ERRCODE = 'VH002';
    END IF;
    RETURN app.me() IS NOT NULL;
END $$;

-- Entries, by collectors --------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION app.header(
    p_device text, p_seq bigint, p_event bytea, p_kind text, p_debtor text, p_batch bytea,
    p_occurred bigint, p_recorded bigint, p_schema integer, p_key bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
-- The very bytes a laptop has sealed and hashed with the payload. The texts hold nothing that JSON
-- would escape (see the checks of app.event).
    SELECT convert_to(
        '["' || encode(p_event, 'hex') || '","' || p_device || '",' || p_seq
        || ',"' || p_kind || '","' || p_debtor || '","' || encode(p_batch, 'hex') || '",'
        || p_occurred || ',' || p_recorded || ',' || p_schema || ','
        || coalesce('"' || encode(nullif(p_key, ''), 'hex') || '"', 'null') || ']', 'UTF8')
$$;

CREATE OR REPLACE FUNCTION app.register(p_device text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The device of a collector's own laptop, or another one after a restore. Whether its entries are
-- believed is for the lead to decide, by the keys of the pairing.
DECLARE
    my_login CONSTANT text := app.me();
BEGIN
    IF my_login IS NULL THEN
        RAISE EXCEPTION 'for collectors' USING ERRCODE = 'VH008';
    END IF;
    IF p_device IS NULL OR p_device !~ '^[A-Za-z0-9]{8,64}$' THEN
        RAISE EXCEPTION 'garbled' USING ERRCODE = 'VH006';
    END IF;
    IF EXISTS (SELECT 1 FROM app.device d WHERE d.device_id = p_device
               AND d.collector = my_login AND d.team = app.mine()) THEN
        RETURN;
    END IF;
    PERFORM 1 FROM app.member m WHERE m.login = my_login FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM app.device d WHERE d.collector = my_login) >= 64 THEN
        RAISE EXCEPTION 'too many devices' USING ERRCODE = 'VH009';
    END IF;
    INSERT INTO app.device (device_id, collector, team) VALUES (p_device, my_login, app.mine());
EXCEPTION WHEN unique_violation THEN  -- another collector's, unless the same call came twice
    IF NOT EXISTS (SELECT 1 FROM app.device d WHERE d.device_id = p_device
                   AND d.collector = my_login AND d.team = app.mine()) THEN
        RAISE EXCEPTION 'not yours' USING ERRCODE = 'VH002';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION app.head(p_device text, OUT seq bigint, OUT hash bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Number and hash of the last entry of a device that the caller may see.
BEGIN
    SELECT d.last_seq, d.last_hash INTO seq, hash FROM app.device d WHERE d.device_id = p_device;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not yours' USING ERRCODE = 'VH002';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION app.push(
    p_device text, p_first bigint, p_prev bytea, p_event bytea[], p_kind text[], p_debtor text[],
    p_batch bytea[], p_occurred bigint[], p_recorded bigint[], p_schema integer[], p_key bytea[],
    p_payload bytea[], p_hash bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Entries p_first.. of a laptop, p_prev being the hash before them. Those that are here already
-- must be the same, the others follow on; returns the number of the last one that is kept, which is
-- the whole acknowledgement. All of it is kept, or nothing.
DECLARE
    my_login CONSTANT text := app.me();
    many CONSTANT integer := cardinality(p_event);
    head app.device%ROWTYPE;
    before bytea;
    bad bigint;
BEGIN
    IF my_login IS NULL THEN
        RAISE EXCEPTION 'for collectors' USING ERRCODE = 'VH008';
    END IF;
    IF coalesce(many, 0) = 0 OR coalesce(p_first, 0) < 1
        OR octet_length(p_prev) IS DISTINCT FROM 32
        OR ARRAY[cardinality(p_kind), cardinality(p_debtor), cardinality(p_batch),
                 cardinality(p_occurred), cardinality(p_recorded), cardinality(p_schema),
                 cardinality(p_key), cardinality(p_payload), cardinality(p_hash)]
           IS DISTINCT FROM array_fill(many, ARRAY[9])
        OR coalesce(array_ndims(p_event), 0) <> 1 THEN
        RAISE EXCEPTION 'garbled' USING ERRCODE = 'VH006';
    END IF;
    IF many > 5000 OR (SELECT sum(octet_length(b)) FROM unnest(p_payload) b) > 33554432 THEN
        RAISE EXCEPTION 'too large' USING ERRCODE = 'VH007';
    END IF;
    SELECT d.* INTO head FROM app.device d
    WHERE d.device_id = p_device AND d.collector = my_login AND d.team = app.mine() FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not yours' USING ERRCODE = 'VH002';
    END IF;
    IF p_first > head.last_seq + 1 THEN
        RAISE EXCEPTION 'gap' USING ERRCODE = 'VH004', DETAIL = head.last_seq::text;
    END IF;

    IF p_first = 1 THEN
        before := decode(repeat('00', 32), 'hex');
    ELSIF p_first = head.last_seq + 1 THEN
        before := head.last_hash;
    ELSE
        SELECT e.hash INTO before FROM app.event e
        WHERE e.device_id = p_device AND e.device_seq = p_first - 1;
    END IF;
    IF before IS DISTINCT FROM p_prev THEN
        RAISE EXCEPTION 'forked' USING ERRCODE = 'VH003', DETAIL = (p_first - 1)::text;
    END IF;

    SELECT min(one.seq) INTO bad
    FROM (SELECT p_first + g.n - 1 AS seq, g.hash AS told,
                 sha256(lag(g.hash, 1, p_prev) OVER (ORDER BY g.n)
                        || app.header(p_device, p_first + g.n - 1, g.event_id, g.kind, g.debtor_id,
                                      g.batch, g.occurred_at, g.recorded_at, g.schema_v, g.key)
                        || g.payload) AS made
          FROM unnest(p_event, p_kind, p_debtor, p_batch, p_occurred, p_recorded, p_schema, p_key,
                      p_payload, p_hash) WITH ORDINALITY
              AS g (event_id, kind, debtor_id, batch, occurred_at, recorded_at, schema_v, key,
                    payload, hash, n)) AS one
    WHERE one.told IS NULL OR one.made IS DISTINCT FROM one.told;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'chain' USING ERRCODE = 'VH005', DETAIL = bad::text;
    END IF;

    -- A hash stands for header, payload and all before: equal hashes, equal bytes.
    SELECT min(e.device_seq) INTO bad FROM app.event e
    JOIN unnest(p_hash) WITH ORDINALITY AS g (hash, n) ON e.device_seq = p_first + g.n - 1
    WHERE e.device_id = p_device AND e.hash <> g.hash
        AND e.device_seq BETWEEN p_first AND p_first + many - 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'forked' USING ERRCODE = 'VH003', DETAIL = bad::text;
    END IF;
    IF p_first + many - 1 <= head.last_seq THEN
        RETURN head.last_seq;
    END IF;

    BEGIN
        INSERT INTO app.event (device_id, device_seq, event_id, kind, debtor_id, batch, occurred_at,
                               recorded_at, schema_v, key, payload, hash)
        SELECT p_device, p_first + g.n - 1, g.event_id, g.kind, g.debtor_id, g.batch,
               g.occurred_at, g.recorded_at, g.schema_v, nullif(g.key, ''), g.payload, g.hash
        FROM unnest(p_event, p_kind, p_debtor, p_batch, p_occurred, p_recorded, p_schema, p_key,
                    p_payload, p_hash) WITH ORDINALITY
            AS g (event_id, kind, debtor_id, batch, occurred_at, recorded_at, schema_v, key,
                  payload, hash, n)
        WHERE p_first + g.n - 1 > head.last_seq;
    EXCEPTION WHEN check_violation OR not_null_violation OR unique_violation THEN
        RAISE EXCEPTION 'garbled' USING ERRCODE = 'VH006';
    END;
    UPDATE app.device d SET last_seq = p_first + many - 1, last_hash = p_hash[many]
    WHERE d.device_id = p_device;
    RETURN p_first + many - 1;
END $$;

-- Entries, by the lead ----------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION app.heads() RETURNS TABLE (
    collector text, device_id text, last_seq bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Every device of the team and how far it is here. Its entries are committed together with this
-- number and without a gap: who has them up to n misses nothing by asking for what is behind n.
#variable_conflict use_column
BEGIN
    IF app.led() IS NULL THEN
        RAISE EXCEPTION 'for leads' USING ERRCODE = 'VH008';
    END IF;
    RETURN QUERY SELECT d.collector, d.device_id, d.last_seq FROM app.device d
    WHERE d.team = app.led() ORDER BY d.device_id;
END $$;

CREATE OR REPLACE FUNCTION app.pull(p_device text, p_after bigint, p_rows integer) RETURNS TABLE (
    event_id bytea, device_seq bigint, kind text, debtor_id text, batch bytea, occurred_at bigint,
    recorded_at bigint, schema_v integer, key bytea, payload bytea, prev_hash bytea, hash bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Entries of a device of the team behind number p_after, at most p_rows and some 16 MB (one at
-- least).
#variable_conflict use_column
BEGIN
    IF app.led() IS NULL THEN
        RAISE EXCEPTION 'for leads' USING ERRCODE = 'VH008';
    END IF;
    RETURN QUERY
    SELECT w.event_id, w.device_seq, w.kind, w.debtor_id, w.batch, w.occurred_at, w.recorded_at,
           w.schema_v, w.key, w.payload, coalesce(w.before, decode(repeat('00', 32), 'hex')), w.hash
    FROM (SELECT e.*, lag(e.hash) OVER (ORDER BY e.device_seq) AS before,
                 sum(octet_length(e.payload)) FILTER (WHERE e.device_seq > p_after)
                     OVER (ORDER BY e.device_seq) - octet_length(e.payload) AS bytes_before
          FROM app.event e
          WHERE e.device_id = p_device AND e.device_seq
              BETWEEN p_after AND p_after + least(greatest(p_rows, 1), 5000)) AS w
    WHERE w.device_seq > p_after AND w.bytes_before < 16777216 ORDER BY w.device_seq;
END $$;

CREATE OR REPLACE FUNCTION app.roster() RETURNS TABLE (
    collector text, live boolean, devices integer, entries bigint, boxes integer,
    up_waiting integer, down_waiting integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The collectors of the lead's team, for an administrator those of all teams: what they have sent
-- and how many letters wait.
    SELECT m.login, m.removed_at IS NULL, d.many::integer, coalesce(d.entries, 0)::bigint,
           b.many::integer, b.ups::integer, b.downs::integer
    FROM app.member m
    CROSS JOIN LATERAL (SELECT count(*) AS many, sum(x.last_seq) AS entries FROM app.device x
                        WHERE x.collector = m.login) AS d
    CROSS JOIN LATERAL (SELECT count(DISTINCT x.box) AS many,
                               count(y.cseq) FILTER (WHERE y.up) AS ups,
                               count(y.cseq) FILTER (WHERE NOT y.up) AS downs
                        FROM app.box x LEFT JOIN app.delivery y USING (box)
                        WHERE x.collector = m.login) AS b
    WHERE m.role = 'collector' AND (m.team = app.led() OR app.is_admin())
    ORDER BY m.login
$$;

-- Letters -----------------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION app.open_box(p_box text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- A box of the caller's: a collector's own, or for the lead one that somebody of the team will come
-- for.
DECLARE
    my_login CONSTANT text := app.me();
    my_team CONSTANT text := coalesce(app.mine(), app.led());
BEGIN
    IF my_team IS NULL THEN
        RAISE EXCEPTION 'not enrolled' USING ERRCODE = 'VH001';
    END IF;
    IF p_box IS NULL OR p_box !~ '^[0-9a-f]{16}$' THEN
        RAISE EXCEPTION 'garbled' USING ERRCODE = 'VH006';
    END IF;
    PERFORM 1 FROM app.box b WHERE b.box = p_box AND b.team = my_team
        AND (my_login IS NULL OR b.collector = my_login);
    IF FOUND THEN
        RETURN;
    END IF;
    PERFORM 1 FROM app.member m WHERE m.login = session_user FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM app.box b WHERE b.team = my_team
        AND (b.collector = my_login OR my_login IS NULL AND b.collector IS NULL)) >= 1000 THEN
        RAISE EXCEPTION 'too many boxes' USING ERRCODE = 'VH009';
    END IF;
    IF my_login IS NOT NULL THEN
        UPDATE app.box b SET collector = my_login
        WHERE b.box = p_box AND b.team = my_team AND b.collector IS NULL;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO app.box (box, team, collector) VALUES (p_box, my_team, my_login);
EXCEPTION WHEN unique_violation THEN  -- somebody else's, unless the same call came twice
    PERFORM 1 FROM app.box b WHERE b.box = p_box AND b.team = my_team
        AND (my_login IS NULL OR b.collector = my_login);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not yours' USING ERRCODE = 'VH002';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION app.boxes() RETURNS TABLE (box text, collector text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- For the lead: whose login came for which laptop's letters.
#variable_conflict use_column
BEGIN
    IF app.led() IS NULL THEN
        RAISE EXCEPTION 'for leads' USING ERRCODE = 'VH008';
    END IF;
    RETURN QUERY SELECT b.box, b.collector FROM app.box b
    WHERE b.team = app.led() AND b.collector IS NOT NULL ORDER BY b.box;
END $$;

CREATE OR REPLACE FUNCTION app.begin_delivery(p_box text, p_sum bytea, p_size bigint,
                                              p_parts integer, OUT cseq bigint, OUT held integer[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- To send a letter, or to go on with one: its number when it is here already, else the parts that
-- are. The same bytes are the same letter, however often they are sent.
DECLARE
    goes_up CONSTANT boolean := app.sender(p_box);
    others bigint;
BEGIN
    IF octet_length(p_sum) IS DISTINCT FROM 32 OR p_parts IS NULL OR p_size IS NULL
        OR p_parts < 1 OR p_size < p_parts THEN
        RAISE EXCEPTION 'garbled' USING ERRCODE = 'VH006';
    END IF;
    IF p_parts > 1024 OR p_size > 536870912 THEN
        RAISE EXCEPTION 'too large' USING ERRCODE = 'VH007';
    END IF;
    PERFORM 1 FROM app.box b WHERE b.box = p_box FOR UPDATE;
    IF EXISTS (SELECT 1 FROM app.box b JOIN app.member m ON m.login = b.collector
               WHERE b.box = p_box AND m.removed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'not yours' USING ERRCODE = 'VH002';
    END IF;
    DELETE FROM app.delivery d WHERE d.box = p_box AND d.up = goes_up AND d.cseq IS NULL
        AND d.sum <> p_sum AND d.begun_at < now() - interval '2 days';
    SELECT sum(d.size) INTO others FROM app.delivery d
    WHERE d.box = p_box AND d.up = goes_up AND d.sum <> p_sum;
    IF others + p_size > 1073741824 THEN
        RAISE EXCEPTION 'too much waiting' USING ERRCODE = 'VH009';
    END IF;
    INSERT INTO app.delivery (box, up, sum, size, parts)
    VALUES (p_box, goes_up, p_sum, p_size, p_parts) ON CONFLICT DO NOTHING;
    SELECT d.cseq INTO cseq FROM app.delivery d
    WHERE d.box = p_box AND d.up = goes_up AND d.sum = p_sum AND d.size = p_size
        AND d.parts = p_parts;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'garbled' USING ERRCODE = 'VH006';
    END IF;
    SELECT coalesce(array_agg(p.part ORDER BY p.part), '{}') INTO held FROM app.delivery_part p
    WHERE p.box = p_box AND p.up = goes_up AND p.sum = p_sum;
END $$;

CREATE OR REPLACE FUNCTION app.send_part(p_box text, p_sum bytea, p_part integer, p_body bytea)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- One part of a letter that was begun; with the last one the letter gets its number, which is
-- returned (NULL before; 0: the parts did not make up what was announced and are gone).
DECLARE
    goes_up CONSTANT boolean := app.sender(p_box);
    letter app.delivery%ROWTYPE;
    whole bytea;
    number bigint;
BEGIN
    IF octet_length(p_body) > 4194304 THEN
        RAISE EXCEPTION 'too large' USING ERRCODE = 'VH007';
    END IF;
    PERFORM 1 FROM app.box b WHERE b.box = p_box FOR UPDATE;
    SELECT d.* INTO letter FROM app.delivery d
    WHERE d.box = p_box AND d.up = goes_up AND d.sum = p_sum;
    IF NOT FOUND OR p_part IS NULL OR p_part NOT BETWEEN 0 AND letter.parts - 1
        OR coalesce(octet_length(p_body), 0) = 0 THEN
        RAISE EXCEPTION 'garbled' USING ERRCODE = 'VH006';
    END IF;
    IF letter.cseq IS NOT NULL THEN
        RETURN letter.cseq;
    END IF;
    INSERT INTO app.delivery_part VALUES (p_box, goes_up, p_sum, p_part, p_body)
    ON CONFLICT DO NOTHING;
    IF (SELECT count(*) FROM app.delivery_part p
        WHERE p.box = p_box AND p.up = goes_up AND p.sum = p_sum) < letter.parts THEN
        RETURN NULL;
    END IF;
    IF (SELECT sum(octet_length(p.body)) FROM app.delivery_part p
        WHERE p.box = p_box AND p.up = goes_up AND p.sum = p_sum) = letter.size THEN
        SELECT string_agg(p.body, ''::bytea ORDER BY p.part) INTO whole FROM app.delivery_part p
        WHERE p.box = p_box AND p.up = goes_up AND p.sum = p_sum;
    END IF;
    IF whole IS NULL OR sha256(whole) <> p_sum THEN
        DELETE FROM app.delivery d WHERE d.box = p_box AND d.up = goes_up AND d.sum = p_sum;
        RETURN 0;
    END IF;
    UPDATE app.box b SET up_last = b.up_last + goes_up::integer,
                         down_last = b.down_last + (NOT goes_up)::integer
    WHERE b.box = p_box
    RETURNING CASE WHEN goes_up THEN b.up_last ELSE b.down_last END INTO number;
    UPDATE app.delivery d SET cseq = number
    WHERE d.box = p_box AND d.up = goes_up AND d.sum = p_sum;
    RETURN number;
END $$;

CREATE OR REPLACE FUNCTION app.waiting(p_box text) RETURNS TABLE (
    box text, cseq bigint, sum bytea, size bigint, parts integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The letters to the caller: to a collector at this box, to a lead at all boxes of the team (NULL).
#variable_conflict use_column
BEGIN
    IF p_box IS NOT NULL THEN
        PERFORM app.sender(p_box);
    ELSIF app.led() IS NULL THEN
        RAISE EXCEPTION 'for leads' USING ERRCODE = 'VH008';
    END IF;
    RETURN QUERY SELECT d.box, d.cseq, d.sum, d.size, d.parts FROM app.delivery d
    JOIN app.box b USING (box)
    WHERE d.cseq IS NOT NULL AND d.up = (app.led() IS NOT NULL) AND (d.box = p_box OR p_box IS NULL)
    ORDER BY d.box, d.cseq;
END $$;

CREATE OR REPLACE FUNCTION app.read_part(p_box text, p_cseq bigint, p_part integer) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- One part of a letter to the caller; NULL when it is not there (any more).
DECLARE
    goes_up CONSTANT boolean := app.sender(p_box);
BEGIN
    RETURN (SELECT p.body FROM app.delivery d JOIN app.delivery_part p USING (box, up, sum)
            WHERE d.box = p_box AND d.up = NOT goes_up AND d.cseq = p_cseq AND p.part = p_part);
END $$;

CREATE OR REPLACE FUNCTION app.taken(p_box text, p_cseq bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The caller has what this letter says: it is deleted.
DECLARE
    goes_up CONSTANT boolean := app.sender(p_box);
BEGIN
    DELETE FROM app.delivery d WHERE d.box = p_box AND d.up = NOT goes_up AND d.cseq = p_cseq;
END $$;

CREATE OR REPLACE FUNCTION app.withdraw(p_box text, p_before bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Deletes what the caller has sent and nobody has taken: letters before this number, or all (NULL).
-- A later one says all of it again, without what may not be there any more. Numbers stay used.
DECLARE
    goes_up CONSTANT boolean := app.sender(p_box);
    many integer;
BEGIN
    PERFORM 1 FROM app.box b WHERE b.box = p_box FOR UPDATE;
    DELETE FROM app.delivery d WHERE d.box = p_box AND d.up = goes_up
        AND (p_before IS NULL OR d.cseq < p_before);
    GET DIAGNOSTICS many = ROW_COUNT;
    RETURN many;
END $$;

-- Administrators ----------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION app.enrol(p_login text, p_role text, p_team text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- A login that exists becomes a member of a team, which is made when there is none. One that was
-- removed comes back to the same team and role only: its entries are there.
BEGIN
    IF NOT app.is_admin() THEN
        RAISE EXCEPTION 'for administrators' USING ERRCODE = 'VH008';
    END IF;
    INSERT INTO app.team (team) VALUES (p_team) ON CONFLICT DO NOTHING;
    INSERT INTO app.member AS m (login, role, team) VALUES (p_login, p_role, p_team)
    ON CONFLICT (login) DO UPDATE SET removed_at = NULL
        WHERE m.role = excluded.role AND m.team = excluded.team;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'known otherwise' USING ERRCODE = 'VH002';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION app.expel(p_login text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- The login may do nothing any more, from its next call on; whether there was one. What it has sent
-- stays for the lead, what waits for it is deleted.
BEGIN
    IF NOT app.is_admin() THEN
        RAISE EXCEPTION 'for administrators' USING ERRCODE = 'VH008';
    END IF;
    DELETE FROM app.delivery d
    WHERE NOT d.up AND d.box IN (SELECT b.box FROM app.box b WHERE b.collector = p_login);
    UPDATE app.member m SET removed_at = now() WHERE m.login = p_login AND m.removed_at IS NULL;
    RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION app.members() RETURNS TABLE (login text, role text, team text,
                                                        live boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF NOT app.is_admin() THEN
        RAISE EXCEPTION 'for administrators' USING ERRCODE = 'VH008';
    END IF;
    RETURN QUERY SELECT m.login, m.role, m.team, m.removed_at IS NULL FROM app.member m
    ORDER BY m.team, m.role DESC, m.login;
END $$;

-- Rights ------------------------------------------------------------------------------------------
REVOKE ALL ON ALL TABLES IN SCHEMA app FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.hello() TO fairvisit_admin, fairvisit_lead, fairvisit_collector;
GRANT EXECUTE ON FUNCTION app.register(text), app.push(text, bigint, bytea, bytea[], text[], text[],
    bytea[], bigint[], bigint[], integer[], bytea[], bytea[], bytea[]) TO fairvisit_collector;
GRANT EXECUTE ON FUNCTION app.heads(), app.pull(text, bigint, integer), app.boxes()
    TO fairvisit_lead;
GRANT EXECUTE ON FUNCTION app.roster() TO fairvisit_lead, fairvisit_admin;
GRANT EXECUTE ON FUNCTION app.head(text), app.open_box(text),
    app.begin_delivery(text, bytea, bigint, integer), app.send_part(text, bytea, integer, bytea),
    app.waiting(text), app.read_part(text, bigint, integer), app.taken(text, bigint),
    app.withdraw(text, bigint) TO fairvisit_lead, fairvisit_collector;
GRANT EXECUTE ON FUNCTION app.enrol(text, text, text), app.expel(text), app.members()
    TO fairvisit_admin;
-- What the policies ask is asked by whoever reads; each answers about the caller alone.
GRANT EXECUTE ON FUNCTION app.is_admin(), app.me(), app.led(), app.mine()
    TO fairvisit_admin, fairvisit_lead, fairvisit_collector;
RESET ROLE;
RESET client_min_messages;
