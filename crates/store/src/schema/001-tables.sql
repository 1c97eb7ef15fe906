-- The store of one pipeline: the day's compilation and what led to it. Documented in docs/data-model.md.
-- Times are RFC 3339 in UTC with milliseconds, so that text order is time order; days are local to the pipeline.

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rubriques (
    slug     TEXT NOT NULL PRIMARY KEY,
    label    TEXT NOT NULL,
    iptc     TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sources (
    id               TEXT NOT NULL PRIMARY KEY,
    name             TEXT NOT NULL,
    name_ar          TEXT,
    url              TEXT,
    language         TEXT,
    tier             INTEGER NOT NULL DEFAULT 3,
    kind             TEXT NOT NULL DEFAULT 'unknown',
    enabled          INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    listed           INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1)),
    last_visit       TEXT,
    last_new_article TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE pages (
    id           TEXT NOT NULL PRIMARY KEY,
    url          TEXT NOT NULL,
    host         TEXT NOT NULL,
    source       TEXT REFERENCES sources (id),
    first_seen   TEXT NOT NULL,
    last_seen    TEXT NOT NULL,
    last_stage   TEXT,
    last_outcome TEXT,
    last_reason  TEXT,
    last_detail  TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE breadcrumbs (
    page    TEXT NOT NULL REFERENCES pages (id),
    stage   TEXT NOT NULL,
    at      TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('forwarded', 'dropped', 'dead_lettered')),
    reason  TEXT,
    detail  TEXT,
    PRIMARY KEY (page, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX breadcrumbs_by_outcome ON breadcrumbs (stage, outcome, reason);

-- `seq` is the order of arrival and the rowid of `articles_fts`. The long columns stand last, so that
-- reading the others does not walk over them.
CREATE TABLE articles (
    seq                 INTEGER PRIMARY KEY,
    id                  TEXT NOT NULL UNIQUE,
    page                TEXT NOT NULL REFERENCES pages (id),
    url                 TEXT NOT NULL,
    canonical_url       TEXT NOT NULL,
    host                TEXT NOT NULL,
    source              TEXT NOT NULL REFERENCES sources (id),
    site_name           TEXT,
    kind                TEXT NOT NULL,
    title               TEXT,
    kicker              TEXT,
    subtitle            TEXT,
    published           TEXT,
    published_precision TEXT NOT NULL CHECK (published_precision IN ('minute', 'day', 'none')),
    published_day       TEXT,
    modified            TEXT,
    day                 TEXT NOT NULL,
    sort_at             TEXT NOT NULL,
    section             TEXT,
    language            TEXT,
    rubrique            TEXT NOT NULL REFERENCES rubriques (slug),
    confidence          REAL NOT NULL,
    paywalled           INTEGER NOT NULL CHECK (paywalled IN (0, 1)),
    opinion             INTEGER NOT NULL CHECK (opinion IN (0, 1)),
    sponsored           INTEGER NOT NULL CHECK (sponsored IN (0, 1)),
    lead_image          TEXT,
    licence             TEXT,
    tdm_reserved        INTEGER CHECK (tdm_reserved IN (0, 1)),
    words               INTEGER NOT NULL,
    first_seen          TEXT NOT NULL,
    fetched_at          TEXT NOT NULL,
    text_hash           TEXT NOT NULL,
    revisions           INTEGER NOT NULL DEFAULT 0,
    first_title         TEXT,
    text                TEXT NOT NULL,
    html                TEXT NOT NULL,
    record              TEXT NOT NULL
) STRICT;
CREATE INDEX articles_by_day ON articles (day, sort_at, id);
CREATE INDEX articles_by_source ON articles (source, day);
CREATE INDEX articles_by_rubrique ON articles (rubrique, day);
CREATE INDEX articles_by_page ON articles (page);
CREATE INDEX articles_by_fetch ON articles (fetched_at);

CREATE TABLE article_authors (
    article  TEXT NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_agencies (
    article  TEXT NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_keywords (
    article  TEXT NOT NULL REFERENCES articles (id),
    origin   TEXT NOT NULL CHECK (origin IN ('publisher', 'computed')),
    position INTEGER NOT NULL,
    keyword  TEXT NOT NULL,
    PRIMARY KEY (article, origin, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_keywords_by_keyword ON article_keywords (keyword);

CREATE TABLE article_entities (
    article  TEXT NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_entities_by_text ON article_entities (text, kind);

CREATE TABLE revisions (
    article    TEXT NOT NULL REFERENCES articles (id),
    number     INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    title      TEXT,
    text       TEXT NOT NULL,
    html       TEXT NOT NULL,
    text_hash  TEXT NOT NULL,
    PRIMARY KEY (article, number)
) STRICT;

CREATE TABLE stories (
    id         TEXT NOT NULL PRIMARY KEY,
    headline   TEXT REFERENCES articles (id),
    first_seen TEXT,
    last_seen  TEXT,
    articles   INTEGER NOT NULL DEFAULT 0,
    copies     INTEGER NOT NULL DEFAULT 0,
    sources    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE story_articles (
    article TEXT NOT NULL PRIMARY KEY REFERENCES articles (id),
    story   TEXT NOT NULL REFERENCES stories (id),
    because TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX story_articles_by_story ON story_articles (story);

CREATE TABLE copies (
    article  TEXT NOT NULL PRIMARY KEY REFERENCES articles (id),
    original TEXT NOT NULL REFERENCES articles (id),
    because  TEXT NOT NULL,
    CHECK (article <> original)
) STRICT, WITHOUT ROWID;
CREATE INDEX copies_by_original ON copies (original);

CREATE TABLE editions (
    name      TEXT NOT NULL,
    date      TEXT NOT NULL,
    revision  INTEGER NOT NULL,
    title     TEXT NOT NULL,
    publisher TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    as_of     TEXT,
    items     INTEGER NOT NULL,
    articles  INTEGER NOT NULL,
    copies    INTEGER NOT NULL,
    stories   INTEGER NOT NULL,
    content   TEXT NOT NULL,
    PRIMARY KEY (name, date)
) STRICT;

-- What was printed stays as it was printed: no reference to articles or stories that may change later.
CREATE TABLE edition_items (
    edition      TEXT NOT NULL,
    date         TEXT NOT NULL,
    position     INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    place        TEXT NOT NULL CHECK (place IN ('front', 'section')),
    rubrique     TEXT NOT NULL REFERENCES rubriques (slug),
    story        TEXT NOT NULL,
    article      TEXT NOT NULL,
    title        TEXT NOT NULL,
    extract      TEXT NOT NULL,
    source       TEXT NOT NULL,
    source_name  TEXT NOT NULL,
    authors      TEXT NOT NULL,
    published    TEXT,
    url          TEXT NOT NULL,
    language     TEXT,
    paywalled    INTEGER NOT NULL CHECK (paywalled IN (0, 1)),
    updated      INTEGER NOT NULL CHECK (updated IN (0, 1)),
    reprints     INTEGER NOT NULL,
    other_titles INTEGER NOT NULL,
    score        REAL NOT NULL,
    PRIMARY KEY (edition, date, position),
    FOREIGN KEY (edition, date) REFERENCES editions (name, date) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX edition_items_by_article ON edition_items (article);

CREATE TABLE decisions (
    number  INTEGER PRIMARY KEY,
    edition TEXT,
    date    TEXT,
    kind    TEXT NOT NULL,
    target  TEXT NOT NULL,
    value   TEXT NOT NULL CHECK (json_valid(value)),
    who     TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_by_edition ON decisions (edition, date);

CREATE TABLE checkpoints (
    stage       TEXT NOT NULL,
    topic       TEXT NOT NULL,
    partition   INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (stage, topic, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE stale_days (
    day TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- A folded copy for search: no accents, no Arabic marks, one spelling of alef, hamza and œ. Folding is done by
-- the program before it writes, so any SQLite can read and check this table. `forms` holds Arabic words
-- without their prefixes. Nothing is stored twice: the index keeps no text.
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, subtitle, text, authors, source, forms,
    content = '', contentless_delete = 1, prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 0'
);
