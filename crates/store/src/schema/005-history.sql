-- What changed in an article, readable where it is stored; who first printed a dispatch; how a story grew.

ALTER TABLE revisions ADD COLUMN modified TEXT;
ALTER TABLE revisions ADD COLUMN words_inserted INTEGER;
ALTER TABLE revisions ADD COLUMN words_removed INTEGER;
ALTER TABLE revisions ADD COLUMN title_diff TEXT;
ALTER TABLE revisions ADD COLUMN text_diff TEXT;

DROP VIEW v_revisions;
CREATE VIEW v_revisions AS
SELECT r.article, a.source, a.day, a.url, r.number, r.fetched_at, r.seen_at, r.title AS old_title,
       n.title AS new_title, r.title IS NOT n.title AS title_changed, r.text AS old_text, n.text AS new_text,
       r.modified AS old_modified, n.modified AS new_modified,
       r.title IS NOT n.title AND r.modified IS n.modified AS silent, r.words_inserted, r.words_removed,
       r.title_diff, r.text_diff
FROM revisions r
JOIN articles a ON a.id = r.article
JOIN (
    SELECT article, number, title, text, modified FROM revisions
    UNION ALL
    SELECT id, revisions + 1, title, text, modified FROM articles
) n ON n.article = r.article AND n.number = r.number + 1;

-- One row for each text that more than one article prints. Its origin is the agency that signs it, in the first
-- of its articles that names one; else the outlet that printed it first.
CREATE VIEW v_dispatches AS
SELECT o.id AS dispatch, coalesce(d.agency, s.name) AS origin,
       CASE WHEN d.agency IS NULL THEN 'outlet' ELSE 'agency' END AS origin_kind, o.source AS first_source,
       s.name AS first_source_name, o.title, o.url, o.day, d.articles, d.sources - 1 AS reprints, d.first_seen,
       d.last_seen
FROM (
    SELECT c.original AS id,
           (SELECT g.name FROM article_agencies g JOIN articles b ON b.id = g.article
            WHERE b.id = c.original OR b.id IN (SELECT article FROM copies WHERE original = c.original)
            ORDER BY b.sort_at, b.id, g.position LIMIT 1) AS agency,
           count(*) + 1 AS articles,
           (SELECT count(DISTINCT b.source) FROM articles b
            WHERE b.id = c.original OR b.id IN (SELECT article FROM copies WHERE original = c.original)) AS sources,
           min(min(a.sort_at), (SELECT sort_at FROM articles WHERE id = c.original)) AS first_seen,
           max(max(a.sort_at), (SELECT sort_at FROM articles WHERE id = c.original)) AS last_seen
    FROM copies c JOIN articles a ON a.id = c.article
    GROUP BY c.original
) d
JOIN articles o ON o.id = d.id
JOIN sources s ON s.id = o.source;

CREATE VIEW v_story_days AS
SELECT m.story, a.day, count(*) AS articles, count(c.article) AS copies, count(DISTINCT a.source) AS sources,
       sum(count(*)) OVER (PARTITION BY m.story ORDER BY a.day) AS articles_so_far
FROM story_articles m
JOIN articles a ON a.id = m.article
LEFT JOIN copies c ON c.article = a.id
GROUP BY m.story, a.day;
