-- What an edition says of each article, as its editor joined and parted the stories.

CREATE VIEW v_edition_articles AS
WITH told (edition, date, number, story) AS (
    SELECT DISTINCT edition, date, number, story FROM edition_items
)
SELECT e.name AS edition, e.date, line.value ->> 'number' AS number, told.story, line.value ->> 'article' AS article,
       paper.value ->> 'source' AS source, paper.value ->> 'name' AS source_name, line.value ->> 'title' AS title,
       line.value ->> 'url' AS url, line.value ->> 'language' AS language, line.value ->> 'rubrique' AS rubrique,
       line.value ->> 'headline' AS headline
FROM editions e
JOIN json_each(e.content, '$.newspapers') paper
JOIN json_each(paper.value, '$.lines') line
LEFT JOIN told ON told.edition = e.name AND told.date = e.date AND told.number = line.value ->> 'number';
