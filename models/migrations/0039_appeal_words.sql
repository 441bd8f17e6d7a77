-- What an operator finds an appeal by: its number, text, author and places in any form of their words. A table of its
-- own, because problems change often and each change would write all words into the index anew.
CREATE TABLE appeal_words (
    appeal_id uuid PRIMARY KEY REFERENCES appeals (id) ON DELETE CASCADE,
    region_id text NOT NULL,
    words tsvector NOT NULL
);

-- Signs that the parser would take for parts of numbers, paths and addresses part words; «ё» is written as «е».
CREATE FUNCTION search_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT strip(to_tsvector('pg_catalog.russian', translate(said, 'ёЁ-–—/\.:,№@_+', 'еЕ            ')))
$$;

-- The words of some appeals, as they are now. The number of an appeal is also found without its zeros.
CREATE FUNCTION keep_appeal_words(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appeal_words (appeal_id, region_id, words)
    SELECT a.id, a.region_id, search_words(concat_ws(
        ' ', a.number, ltrim(split_part(a.number, '-', 3), '0'), a.text, a.author->>'name',
        a.stated->>'settlement', a.stated->>'street', a.stated->>'house', found.places))
    FROM appeals a CROSS JOIN LATERAL (
        SELECT string_agg(concat_ws(' ', p.place->>'settlement', p.place->>'street', p.place->>'house'), ' ') AS places
        FROM problems p WHERE p.appeal_id = a.id
    ) found
    WHERE a.id = ANY (ids) ORDER BY a.id
    ON CONFLICT (appeal_id) DO UPDATE SET words = excluded.words WHERE appeal_words.words <> excluded.words
$$;

CREATE FUNCTION keep_words_of_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_appeal_words(ARRAY(SELECT DISTINCT appeal_id FROM added));
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_new_problems AFTER INSERT ON problems REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION keep_words_of_problems();

CREATE FUNCTION keep_words_of_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_appeal_words(ARRAY[NEW.appeal_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER words_of_moved_problem AFTER UPDATE OF place ON problems
    FOR EACH ROW WHEN (OLD.place IS DISTINCT FROM NEW.place) EXECUTE FUNCTION keep_words_of_place();

CREATE FUNCTION keep_words_of_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_appeal_words(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
-- no problem was seen in it, or somebody erased what was said
CREATE TRIGGER words_of_dismissed_appeal AFTER UPDATE OF state ON appeals
    FOR EACH ROW WHEN (NEW.state = 'dismissed') EXECUTE FUNCTION keep_words_of_appeal();
CREATE TRIGGER words_of_changed_appeal AFTER UPDATE OF text, author, stated ON appeals
    FOR EACH ROW WHEN ((OLD.text, OLD.author, OLD.stated) IS DISTINCT FROM (NEW.text, NEW.author, NEW.stated))
    EXECUTE FUNCTION keep_words_of_appeal();

SELECT keep_appeal_words(ARRAY(SELECT id FROM appeals WHERE state <> 'accepted'));
CREATE INDEX appeal_words_found ON appeal_words USING gin (words);
