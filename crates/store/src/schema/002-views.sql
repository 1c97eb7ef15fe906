-- The analysts' views: stable names and columns over tables that may change. No view needs a function of ours.

CREATE VIEW v_articles AS
SELECT a.id, a.url, a.day, a.published, a.published_precision, a.modified, a.source,
       s.name AS source_name, s.tier AS source_tier, a.kind, a.title, a.kicker, a.subtitle,
       (SELECT group_concat(name, ', ') FROM (SELECT name FROM article_authors WHERE article = a.id ORDER BY position)) AS authors,
       (SELECT group_concat(name, ', ') FROM (SELECT name FROM article_agencies WHERE article = a.id ORDER BY position)) AS agencies,
       a.section, a.language, a.rubrique, r.label AS rubrique_label, a.confidence, a.paywalled, a.opinion,
       a.sponsored, a.licence, a.tdm_reserved, a.words, a.first_seen, a.fetched_at, a.revisions,
       a.first_title, c.original AS copy_of, sa.story, a.lead_image, a.text
FROM articles a
JOIN sources s ON s.id = a.source
JOIN rubriques r ON r.slug = a.rubrique
LEFT JOIN copies c ON c.article = a.id
LEFT JOIN story_articles sa ON sa.article = a.id;

CREATE VIEW v_stories AS
SELECT t.id AS story, t.headline AS article, a.title, a.rubrique, a.day, a.url, s.name AS source_name,
       t.articles, t.copies, t.sources, t.first_seen, t.last_seen
FROM stories t
JOIN articles a ON a.id = t.headline
JOIN sources s ON s.id = a.source;

CREATE VIEW v_copies AS
SELECT c.article, a.day, a.source, a.title, a.url, c.original, o.source AS original_source,
       o.title AS original_title, o.url AS original_url,
       (julianday(a.sort_at) - julianday(o.sort_at)) * 24.0 AS hours_after, c.because
FROM copies c
JOIN articles a ON a.id = c.article
JOIN articles o ON o.id = c.original;

CREATE VIEW v_revisions AS
SELECT r.article, a.source, a.day, a.url, r.number, r.fetched_at, r.seen_at, r.title AS old_title,
       n.title AS new_title, r.title IS NOT n.title AS title_changed, r.text AS old_text, n.text AS new_text
FROM revisions r
JOIN articles a ON a.id = r.article
JOIN (
    SELECT article, number, title, text FROM revisions
    UNION ALL
    SELECT id, revisions + 1, title, text FROM articles
) n ON n.article = r.article AND n.number = r.number + 1;

CREATE VIEW v_sources_daily AS
SELECT a.source, s.name AS source_name, a.day, count(*) AS articles, count(c.article) AS copies,
       sum(a.revisions > 0) AS revised, sum(a.words) AS words, sum(a.paywalled) AS paywalled
FROM articles a
JOIN sources s ON s.id = a.source
LEFT JOIN copies c ON c.article = a.id
GROUP BY a.source, a.day;

CREATE VIEW v_rubriques_daily AS
SELECT a.rubrique, r.label AS rubrique_label, a.day, count(*) AS articles, count(c.article) AS copies,
       count(DISTINCT a.source) AS sources, count(DISTINCT sa.story) AS stories
FROM articles a
JOIN rubriques r ON r.slug = a.rubrique
LEFT JOIN copies c ON c.article = a.id
LEFT JOIN story_articles sa ON sa.article = a.id
GROUP BY a.rubrique, a.day;

CREATE VIEW v_editions AS
SELECT e.name AS edition, e.date, e.revision, e.as_of, i.position, i.number, i.place, i.rubrique, i.title,
       i.source, i.source_name, i.authors, i.published, i.url, i.language, i.reprints, i.other_titles,
       i.updated, i.score, i.story, i.article
FROM editions e
JOIN edition_items i ON i.edition = e.name AND i.date = e.date;

CREATE VIEW v_mentions AS
SELECT m.text AS entity, m.kind, m.article, a.day, a.source, a.rubrique, a.language, a.title, a.url
FROM article_entities m
JOIN articles a ON a.id = m.article;

CREATE VIEW v_dead_ends AS
SELECT p.id AS page, p.url, p.host, p.source, p.last_seen, p.last_stage AS stage, p.last_outcome AS outcome,
       p.last_reason AS reason, p.last_detail AS detail
FROM pages p
WHERE p.last_outcome IN ('dropped', 'dead_lettered')
  AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.page = p.id);
