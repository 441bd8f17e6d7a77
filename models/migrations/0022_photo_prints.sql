-- What photos of a region are found again by: proofs and citizens' photos alike, one row a file.

CREATE TABLE photo_prints (
    region_id text NOT NULL REFERENCES regions (id),
    sha256 text NOT NULL,
    -- numbers of points of the picture (resolution/photos/prints.py); a copy of the photo has some of them too
    keys integer[] NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (region_id, sha256)
);
-- a search must not wait for a list of what is not yet sorted in
CREATE INDEX photo_prints_by_key ON photo_prints USING gin (keys) WITH (fastupdate = off);

CREATE INDEX attachments_by_digest ON attachments (region_id, sha256);
CREATE INDEX verdicts_by_photo ON verdicts (region_id, photo_sha256) WHERE photo_sha256 <> '';
