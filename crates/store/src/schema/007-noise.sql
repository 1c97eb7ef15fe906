-- How loudly the press spoke of a story; unknown of editions that were kept before.

ALTER TABLE edition_items ADD COLUMN noise REAL;

DROP VIEW v_editions;
CREATE VIEW v_editions AS
SELECT e.name AS edition, e.date, e.revision, e.as_of, i.position, i.number, i.place, i.rubrique, i.title,
       i.source, i.source_name, i.authors, i.published, i.url, i.language, i.reprints, i.other_titles,
       i.updated, i.score, i.noise, i.story, i.article
FROM editions e
JOIN edition_items i ON i.edition = e.name AND i.date = e.date;
