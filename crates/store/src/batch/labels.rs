//! The lists of an article's labels: names, quotes, summary, and what editors' rules did.
//!
//! They are a reading of the record for SQL, written anew with every state of the article.

use kiosque_model::{ArticleId, Rubrique, Tagged};
use rusqlite::{Connection, params};

use super::article::name_of;

/// Takes the lists of an article away.
pub(super) fn forget(c: &Connection, id: &ArticleId) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM article_entities WHERE article = ?1",
        "DELETE FROM article_quotes WHERE article = ?1",
        "DELETE FROM article_summaries WHERE article = ?1",
        "DELETE FROM article_placements WHERE article = ?1",
    ] {
        c.prepare_cached(sql)?.execute([&id.0])?;
    }
    Ok(())
}

/// Writes them.
pub(super) fn write(c: &Connection, tagged: &Tagged) -> rusqlite::Result<()> {
    let id = &tagged.article.id.0;
    let mut entities = c.prepare_cached(
        "INSERT INTO article_entities (article, position, kind, text, name, country) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, e) in (1_i64..).zip(&tagged.entities) {
        entities.execute(params![id, position, name_of(&e.kind), e.text, e.name, e.country])?;
    }
    let mut quotes = c.prepare_cached(
        "INSERT INTO article_quotes (article, position, speaker, text, block, start_at, end_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (position, q) in (1_i64..).zip(&tagged.quotes) {
        quotes.execute(params![
            id,
            position,
            q.speaker,
            q.text,
            q.place.block,
            q.place.start,
            q.place.end
        ])?;
    }
    let mut summary = c.prepare_cached(
        "INSERT INTO article_summaries (article, position, text, block, start_at, end_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, s) in (1_i64..).zip(&tagged.summary) {
        summary.execute(params![id, position, s.text, s.place.block, s.place.start, s.place.end])?;
    }
    let mut placements = c.prepare_cached(
        "INSERT INTO article_placements (article, position, rule, version, watchlist, rubrique, instead_of, mentions)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (position, p) in (1_i64..).zip(&tagged.placements) {
        let mentions =
            serde_json::to_string(&p.mentions).expect("mentions have string keys and whole numbers");
        let (rubrique, before) = (p.rubrique.map(Rubrique::slug), p.instead_of.map(Rubrique::slug));
        placements.execute(params![
            id,
            position,
            p.rule,
            p.version,
            p.watchlist,
            rubrique,
            before,
            mentions
        ])?;
    }
    Ok(())
}
