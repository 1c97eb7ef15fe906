-- A revision older than the columns of 005 does not say whether its page stated a modification: it is not known to be
-- silent, nor not to be.

DROP VIEW v_revisions;
CREATE VIEW v_revisions AS
SELECT r.article, a.source, a.day, a.url, r.number, r.fetched_at, r.seen_at, r.title AS old_title,
       n.title AS new_title, r.title IS NOT n.title AS title_changed, r.text AS old_text, n.text AS new_text,
       r.modified AS old_modified, n.modified AS new_modified,
       CASE WHEN r.words_inserted IS NOT NULL THEN r.title IS NOT n.title AND r.modified IS n.modified END AS silent,
       r.words_inserted, r.words_removed, r.title_diff, r.text_diff
FROM revisions r
JOIN articles a ON a.id = r.article
JOIN (
    SELECT article, number, title, text, modified FROM revisions
    UNION ALL
    SELECT id, revisions + 1, title, text, modified FROM articles
) n ON n.article = r.article AND n.number = r.number + 1;
