-- What went out: the terms of sources, editions as they were frozen and published, hours of issue, the ledger.

ALTER TABLE sources ADD COLUMN rights TEXT NOT NULL DEFAULT 'quote'
    CHECK (rights IN ('none', 'quote', 'licensed', 'forbidden'));

ALTER TABLE editions ADD COLUMN state TEXT NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'frozen', 'published'));

-- Only ever added to: the latest row of an edition is its state.
CREATE TABLE issues (
    number   INTEGER PRIMARY KEY,
    edition  TEXT NOT NULL,
    date     TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('open', 'frozen', 'published')),
    revision INTEGER NOT NULL,
    decision INTEGER NOT NULL,
    who      TEXT NOT NULL,
    at       TEXT NOT NULL,
    content  TEXT NOT NULL
) STRICT;
CREATE INDEX issues_by_edition ON issues (edition, date);

CREATE TABLE schedules (
    edition TEXT NOT NULL PRIMARY KEY,
    issued  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE distributions (
    number        INTEGER PRIMARY KEY,
    day           TEXT NOT NULL,
    at            TEXT NOT NULL,
    edition       TEXT NOT NULL,
    date          TEXT NOT NULL,
    revision      INTEGER NOT NULL,
    mode          TEXT NOT NULL,
    channel       TEXT NOT NULL,
    recipients    INTEGER NOT NULL,
    item          INTEGER NOT NULL,
    source        TEXT NOT NULL,
    source_name   TEXT NOT NULL,
    rights        TEXT NOT NULL,
    article       TEXT NOT NULL,
    title         TEXT NOT NULL,
    url           TEXT NOT NULL,
    published     TEXT,
    quoted_words  INTEGER NOT NULL,
    article_words INTEGER NOT NULL
) STRICT;
CREATE INDEX distributions_by_day ON distributions (day);
CREATE INDEX distributions_by_edition ON distributions (edition, date, revision, mode, channel);

CREATE VIEW v_distributions AS
SELECT day, source, source_name, rights, edition, date, mode, channel, count(*) AS articles,
       sum(recipients) AS copies, sum(quoted_words) AS quoted_words
FROM distributions
GROUP BY day, source, edition, date, mode, channel;
