-- What stages remember between two runs. Losing this file costs work, never truth.

CREATE TABLE page_hashes (
    page      TEXT NOT NULL PRIMARY KEY,
    body_hash BLOB NOT NULL CHECK (length(body_hash) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
