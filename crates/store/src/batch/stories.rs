//! Where articles stand among each other: copies, stories, and what is counted of a story.

use kiosque_model::{ArticleId, StoryId};
use rusqlite::{Connection, OptionalExtension, params};

use super::Batch;
use super::article::mark_stale;
use crate::StoreError;

impl Batch<'_> {
    /// Places an article that was put: in its story, and as a copy or an original. Placing it elsewhere moves it.
    ///
    /// # Errors
    /// [`StoreError`] where article or original are not in the store, or nothing can be written; the batch is
    /// then lost.
    pub fn place(
        &mut self,
        id: &ArticleId,
        copy_of: Option<&ArticleId>,
        story: &StoryId,
        because: &str,
    ) -> Result<(), StoreError> {
        self.write(|c, touched| {
            if let Some(left) = put_in_story(c, id, story, because)? {
                touched.insert(left);
            }
            touched.insert(story.clone());
            let changed = match copy_of {
                Some(original) => c
                    .prepare_cached(
                        "INSERT INTO copies (article, original, because) VALUES (?1, ?2, ?3)
                         ON CONFLICT (article) DO UPDATE SET original = excluded.original, because = excluded.because
                         WHERE (original, because) IS NOT (excluded.original, excluded.because)",
                    )?
                    .execute(params![id.0, original.0, because])?,
                None => c.prepare_cached("DELETE FROM copies WHERE article = ?1")?.execute([&id.0])?,
            };
            if changed > 0 { mark_article_stale(c, id) } else { Ok(()) }
        })
    }

    /// Moves all articles of one story to another.
    ///
    /// # Errors
    /// As [`Batch::place`].
    pub fn merge_stories(&mut self, into: &StoryId, from: &StoryId) -> Result<(), StoreError> {
        if into == from {
            return Ok(());
        }
        self.write(|c, touched| {
            c.prepare_cached(
                "INSERT INTO stale_days (day) SELECT DISTINCT a.day FROM story_articles s
                 JOIN articles a ON a.id = s.article WHERE s.story IN (?1, ?2) ON CONFLICT (day) DO NOTHING",
            )?
            .execute([&into.0, &from.0])?;
            know_story(c, into)?;
            c.prepare_cached("UPDATE story_articles SET story = ?1 WHERE story = ?2")?
                .execute([&into.0, &from.0])?;
            touched.extend([into.clone(), from.clone()]);
            Ok(())
        })
    }
}

/// Puts the article in the story; the story it was in before, where that was another.
fn put_in_story(
    c: &Connection,
    id: &ArticleId,
    story: &StoryId,
    because: &str,
) -> rusqlite::Result<Option<StoryId>> {
    know_story(c, story)?;
    let before: Option<String> = c
        .prepare_cached("SELECT story FROM story_articles WHERE article = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    c.prepare_cached(
        "INSERT INTO story_articles (article, story, because) VALUES (?1, ?2, ?3)
         ON CONFLICT (article) DO UPDATE SET story = excluded.story, because = excluded.because",
    )?
    .execute(params![id.0, story.0, because])?;
    if before.as_ref() != Some(&story.0) {
        mark_article_stale(c, id)?;
    }
    Ok(before.filter(|before| *before != story.0).map(kiosque_model::PageId))
}

fn know_story(c: &Connection, story: &StoryId) -> rusqlite::Result<()> {
    c.prepare_cached("INSERT INTO stories (id) VALUES (?1) ON CONFLICT (id) DO NOTHING")?
        .execute([&story.0])?;
    Ok(())
}

fn mark_article_stale(c: &Connection, id: &ArticleId) -> rusqlite::Result<()> {
    let day: Option<String> = c
        .prepare_cached("SELECT day FROM articles WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    day.map_or(Ok(()), |day| mark_stale(c, &day))
}

/// Brings a story's counts up to date; one without articles is gone. Its headline is an original of the weightiest
/// source, the earliest of those.
pub(super) fn refresh(c: &Connection, story: &StoryId) -> rusqlite::Result<()> {
    let changed = c
        .prepare_cached(
            "UPDATE stories SET (articles, copies, sources, first_seen, last_seen) =
                 (SELECT count(*), count(c.article), count(DISTINCT a.source), min(a.sort_at), max(a.sort_at)
                  FROM story_articles s JOIN articles a ON a.id = s.article
                  LEFT JOIN copies c ON c.article = a.id WHERE s.story = ?1),
                 headline = (SELECT a.id FROM story_articles s JOIN articles a ON a.id = s.article
                             JOIN sources o ON o.id = a.source LEFT JOIN copies c ON c.article = a.id
                             WHERE s.story = ?1 ORDER BY c.article IS NOT NULL, o.tier, a.sort_at, a.id LIMIT 1)
             WHERE id = ?1",
        )?
        .execute([&story.0])?;
    if changed > 0 {
        c.prepare_cached("DELETE FROM stories WHERE id = ?1 AND articles = 0")?.execute([&story.0])?;
    }
    Ok(())
}
