-- What the classifier understands beyond the rubrique, and what editors' rules did.

ALTER TABLE articles ADD COLUMN uncertain INTEGER NOT NULL DEFAULT 0 CHECK (uncertain IN (0, 1));
ALTER TABLE articles ADD COLUMN alternative TEXT REFERENCES rubriques (slug);
ALTER TABLE article_entities ADD COLUMN name TEXT;
ALTER TABLE article_entities ADD COLUMN country TEXT;

CREATE TABLE article_quotes (
    article  TEXT NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    speaker  TEXT,
    text     TEXT NOT NULL,
    block    INTEGER NOT NULL,
    start_at INTEGER NOT NULL,
    end_at   INTEGER NOT NULL,
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_quotes_by_speaker ON article_quotes (speaker);

CREATE TABLE article_summaries (
    article  TEXT NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    text     TEXT NOT NULL,
    block    INTEGER NOT NULL,
    start_at INTEGER NOT NULL,
    end_at   INTEGER NOT NULL,
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_placements (
    article    TEXT NOT NULL REFERENCES articles (id),
    position   INTEGER NOT NULL,
    rule       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    watchlist  TEXT,
    rubrique   TEXT REFERENCES rubriques (slug),
    instead_of TEXT REFERENCES rubriques (slug),
    mentions   TEXT NOT NULL,
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_placements_by_rule ON article_placements (rule, version);
CREATE INDEX article_placements_by_watchlist ON article_placements (watchlist);

DROP VIEW v_mentions;
CREATE VIEW v_mentions AS
SELECT m.text AS entity, m.kind, m.article, a.day, a.source, a.rubrique, a.language, a.title, a.url,
       coalesce(m.name, m.text) AS name, m.country
FROM article_entities m
JOIN articles a ON a.id = m.article;

CREATE VIEW v_quotes AS
SELECT q.speaker, q.text AS quote, q.article, a.day, a.source, a.language, a.title, a.url, q.block, q.start_at, q.end_at
FROM article_quotes q
JOIN articles a ON a.id = q.article;

CREATE VIEW v_watchlists AS
SELECT p.watchlist, p.rule, p.version, p.article, a.day, a.source, s.name AS source_name, a.rubrique, a.language,
       a.title, a.url, p.rubrique AS rubrique_set, p.instead_of, p.mentions
FROM article_placements p
JOIN articles a ON a.id = p.article
JOIN sources s ON s.id = a.source;

CREATE VIEW v_uncertain AS
SELECT a.id AS article, a.day, a.source, a.rubrique, a.confidence, a.alternative, a.section, a.language, a.title, a.url
FROM articles a
WHERE a.uncertain = 1;
