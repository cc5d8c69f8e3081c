-- The search index of the public library. The database maintains it when something is published, withdrawn or renamed.
-- Only one transaction updates the index at a time, because it counts words. Texts are cut so that no tsvector exceeds
-- PostgreSQL's limit of one megabyte.

CREATE OR REPLACE FUNCTION sop_search_plain(t text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT left(trim(regexp_replace(lower(unaccent(coalesce(t, ''))), '[^a-z0-9]+', ' ', 'g')), 20000)
$$;

CREATE OR REPLACE FUNCTION sop_search_texts(version_id bigint)
RETURNS TABLE (place text, step_no int, said text, weight "char") LANGUAGE sql STABLE AS $$
    WITH v AS (
        SELECT v.*, s.number, coalesce(nullif(v.name, ''), s.name) AS title, u.name AS unit_name
        FROM sop_sopversion v JOIN sop_sop s ON s.id = v.sop_id JOIN core_unit u ON u.id = s.unit_id
        WHERE v.id = $1 AND v.state = 'published'
    ), texts AS (
        SELECT 'name' AS place, NULL::int AS step_no, title AS said, 'A' AS weight FROM v
        UNION ALL SELECT 'number', NULL, number, 'B' FROM v
        UNION ALL SELECT 'unit', NULL, unit_name, 'B' FROM v
        UNION ALL SELECT 'actor', NULL, a.name, 'C' FROM v JOIN sop_actor a ON a.version_id = v.id
        UNION ALL SELECT part.place, s.no, part.said, part.weight
            FROM v JOIN sop_step s ON s.version_id = v.id CROSS JOIN LATERAL (VALUES
                ('activity', s.activity, 'C'), ('output', s.output, 'C'), ('inputs', s.inputs, 'D'),
                ('note', s.note, 'D')
            ) AS part (place, said, weight)
        UNION ALL SELECT box.place, NULL, line, 'D'
            FROM v CROSS JOIN LATERAL (VALUES
                ('legal_basis', v.legal_basis), ('qualifications', v.qualifications), ('related', v.related),
                ('equipment', v.equipment), ('warnings', v.warnings), ('records', v.records)
            ) AS box (place, lines) CROSS JOIN LATERAL jsonb_array_elements_text(
                CASE jsonb_typeof(box.lines) WHEN 'array' THEN box.lines ELSE '[]' END
            ) AS line
    )
    SELECT place, step_no, said, weight::"char" FROM texts WHERE sop_search_plain(said) <> ''
$$;

CREATE OR REPLACE FUNCTION sop_search_index(version_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM sop_passage p WHERE p.version_id = $1;
    DELETE FROM sop_searchentry e WHERE e.version_id = $1;
    INSERT INTO sop_passage (version_id, place, step_no, text, words)
        SELECT $1, t.place, t.step_no, t.said, setweight(to_tsvector('indonesian', sop_search_plain(t.said)), t.weight)
        FROM sop_search_texts($1) t;
    INSERT INTO sop_searchentry (version_id, words, vocabulary)
        SELECT $1, parts.a || parts.b || parts.c || parts.d, ARRAY(
            SELECT DISTINCT word FROM regexp_split_to_table(parts.everything, ' ') AS word
            WHERE length(word) BETWEEN 3 AND 40 AND word ~ '[a-z]'
        ) FROM (
            SELECT
                setweight(to_tsvector('indonesian',
                    coalesce(left(string_agg(said, ' ') FILTER (WHERE weight = 'A'), 150000), '')), 'A') AS a,
                setweight(to_tsvector('indonesian',
                    coalesce(left(string_agg(said, ' ') FILTER (WHERE weight = 'B'), 150000), '')), 'B') AS b,
                setweight(to_tsvector('indonesian',
                    coalesce(left(string_agg(said, ' ') FILTER (WHERE weight = 'C'), 150000), '')), 'C') AS c,
                setweight(to_tsvector('indonesian',
                    coalesce(left(string_agg(said, ' ') FILTER (WHERE weight = 'D'), 150000), '')), 'D') AS d,
                string_agg(said, ' ') AS everything
            FROM (SELECT sop_search_plain(t.said) AS said, t.weight FROM sop_search_texts($1) t) AS plain
        ) AS parts WHERE parts.everything IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION sop_search_refresh(version_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sop-search'));
    UPDATE sop_searchword w SET versions = w.versions - 1
        FROM sop_searchentry e WHERE e.version_id = $1 AND w.word = ANY(e.vocabulary);
    PERFORM sop_search_index($1);
    INSERT INTO sop_searchword AS w (word, versions)
        SELECT unnest(e.vocabulary), 1 FROM sop_searchentry e WHERE e.version_id = $1
        ON CONFLICT (word) DO UPDATE SET versions = w.versions + 1;
    DELETE FROM sop_searchword WHERE versions <= 0;
END $$;

CREATE OR REPLACE FUNCTION sop_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'sop_sopversion' THEN
        PERFORM sop_search_refresh(NEW.id);
    ELSIF TG_TABLE_NAME = 'sop_sop' THEN
        PERFORM sop_search_refresh(v.id) FROM sop_sopversion v WHERE v.sop_id = NEW.id AND v.state = 'published';
    ELSE
        PERFORM sop_search_refresh(v.id) FROM sop_sopversion v JOIN sop_sop s ON s.id = v.sop_id
            WHERE s.unit_id = NEW.id AND v.state = 'published';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER searchable AFTER INSERT ON sop_sopversion FOR EACH ROW
    WHEN (NEW.state = 'published') EXECUTE FUNCTION sop_search_follow();
CREATE OR REPLACE TRIGGER searchable_on AFTER UPDATE OF state ON sop_sopversion FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND 'published' IN (OLD.state, NEW.state)) EXECUTE FUNCTION sop_search_follow();
CREATE OR REPLACE TRIGGER searchable AFTER UPDATE OF name, number, unit_id ON sop_sop FOR EACH ROW
    WHEN ((OLD.name, OLD.number, OLD.unit_id) IS DISTINCT FROM (NEW.name, NEW.number, NEW.unit_id))
    EXECUTE FUNCTION sop_search_follow();
CREATE OR REPLACE TRIGGER searchable AFTER UPDATE OF name ON core_unit FOR EACH ROW
    WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION sop_search_follow();
