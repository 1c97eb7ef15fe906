//! Putting an article: the row, its lists, its revisions and the search index, all from one [`Tagged`].
//!
//! The columns are a reading of the article for SQL. The article itself is kept as JSON in `record`, without
//! the long texts that have columns of their own, so nothing a later version adds is lost on the way.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiosque_model::{Article, ArticleId, CanonicalUrl, Language, PageId, Precision, Rubrique, Tagged};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Batch, Put, know_page, know_source};
use crate::clock::{title_without_stamp, without_clocks};
use crate::day::parsed;
use crate::diff::{changes, excerpt, marked, words_changed};
use crate::time::stamp;
use crate::{StoreError, fold};

/// What is already known of an article.
struct Known {
    seq: i64,
    first_seen: Timestamp,
    fetched_at: String,
    text_hash: String,
    revisions: u32,
    title: Option<String>,
    day: String,
    record: String,
}

impl Known {
    /// Whether nothing but the time of the fetch differs. A page that was only fetched again keeps its time, so
    /// that looking twice does not change the edition of the day.
    fn says_the_same(&self, row: &Row, article: &Article) -> bool {
        let Ok(mut stored) = serde_json::from_str::<Tagged>(&self.record) else { return false };
        stored.article.fetched_at = article.fetched_at;
        serde_json::to_string(&stored).is_ok_and(|stored| stored == row.record)
    }
}

impl Batch<'_> {
    /// Writes an article, new or again. A changed title or text is a revision and keeps the old ones.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written; the batch is then lost.
    pub fn put(&mut self, tagged: &Tagged) -> Result<Put, StoreError> {
        let zone = self.store.zone.clone();
        self.write(|c, _| put_in(c, tagged, &zone))
    }
}

fn put_in(c: &Connection, tagged: &Tagged, zone: &TimeZone) -> rusqlite::Result<Put> {
    let article = &tagged.article;
    let known = known(c, &article.id)?;
    let met = known.as_ref().map_or(article.fetched_at, |known| known.first_seen);
    let row = Row::of(tagged, zone, met);
    let put = match &known {
        None => Put::New,
        Some(known) if known.fetched_at > row.fetched_at => return Ok(Put::Unchanged),
        Some(known) if known.text_hash == row.text_hash => {
            if known.says_the_same(&row, article) {
                return Ok(Put::Unchanged);
            }
            Put::Unchanged
        }
        Some(known) if known.fetched_at == row.fetched_at => Put::Replaced,
        Some(known) if only_clocks_ran(c, known, article)? => Put::Replaced,
        Some(known) => keep_revision(c, known, article, &row)?,
    };
    know_source(c, &article.source)?;
    know_page(c, (&row.page, &row.page_url, row.host()), Some(&article.source), &row.fetched_at)?;
    let seq = if let Some(known) = &known {
        row.update(c, tagged)?;
        mark_stale(c, &known.day)?;
        forget_lists(c, &article.id)?;
        c.prepare_cached("DELETE FROM articles_fts WHERE rowid = ?1")?.execute([known.seq])?;
        known.seq
    } else {
        visit(c, article, &row.fetched_at)?;
        row.insert(c, tagged)?
    };
    mark_stale(c, &row.day)?;
    write_lists(c, tagged)?;
    index(c, seq, tagged)?;
    Ok(put)
}

fn known(c: &Connection, id: &ArticleId) -> rusqlite::Result<Option<Known>> {
    c.prepare_cached(
        "SELECT seq, fetched_at, text_hash, revisions, title, day, record, first_seen FROM articles
         WHERE id = ?1",
    )?
    .query_row([&id.0], |row| {
        Ok(Known {
            seq: row.get(0)?,
            fetched_at: row.get(1)?,
            text_hash: row.get(2)?,
            revisions: row.get(3)?,
            title: row.get(4)?,
            day: row.get(5)?,
            record: row.get(6)?,
            first_seen: parsed(row, 7)?,
        })
    })
    .optional()
}

/// Whether the new state says what the stored one says, but for clocks, counters and tickers.
fn only_clocks_ran(c: &Connection, known: &Known, article: &Article) -> rusqlite::Result<bool> {
    let words = |title: Option<&str>| title_without_stamp(title.unwrap_or_default());
    if words(known.title.as_deref()) != words(article.title.as_deref()) {
        return Ok(false);
    }
    let text: String = c
        .prepare_cached("SELECT text FROM articles WHERE id = ?1")?
        .query_row([&article.id.0], |row| row.get(0))?;
    Ok(without_clocks(&text) == without_clocks(&article.text))
}

/// Moves the stored title and text to `revisions`; the row itself is updated after.
fn keep_revision(c: &Connection, known: &Known, article: &Article, row: &Row) -> rusqlite::Result<Put> {
    let revisions = known.revisions + 1;
    let old_text: String = c
        .prepare_cached(
            "INSERT INTO revisions (article, number, fetched_at, seen_at, title, text, html, text_hash, modified)
             SELECT id, ?2, fetched_at, ?3, title, text, html, text_hash, modified FROM articles WHERE id = ?1
             RETURNING text",
        )?
        .query_row(params![article.id.0, revisions, row.fetched_at], |r| r.get(0))?;
    c.prepare_cached(
        "UPDATE articles SET revisions = ?2, first_title =
             (SELECT title FROM revisions WHERE article = ?1 ORDER BY number LIMIT 1) WHERE id = ?1",
    )?
    .execute(params![article.id.0, revisions])?;
    let titles =
        changes(known.title.as_deref().unwrap_or_default(), article.title.as_deref().unwrap_or_default());
    let texts = changes(&old_text, &article.text);
    let (inserted, removed) = words_changed(&texts);
    let count = |words: usize| i64::try_from(words).unwrap_or(i64::MAX);
    c.prepare_cached(
        "UPDATE revisions SET words_inserted = ?3, words_removed = ?4, title_diff = ?5, text_diff = ?6
         WHERE article = ?1 AND number = ?2",
    )?
    .execute(params![
        article.id.0,
        revisions,
        count(inserted),
        count(removed),
        marked(&excerpt(&titles)),
        marked(&excerpt(&texts))
    ])?;
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Put::Revised {
        revisions,
        title: known.title.as_deref().map(words) != article.title.as_deref().map(words),
        text: words(&old_text) != words(&article.text),
    })
}

fn visit(c: &Connection, article: &Article, at: &str) -> rusqlite::Result<()> {
    c.prepare_cached(
        "UPDATE sources SET last_new_article = max(coalesce(last_new_article, ''), ?2) WHERE id = ?1",
    )?
    .execute(params![article.source.0, at])?;
    Ok(())
}

pub(super) fn mark_stale(c: &Connection, day: &str) -> rusqlite::Result<()> {
    c.prepare_cached("INSERT INTO stale_days (day) VALUES (?1) ON CONFLICT (day) DO NOTHING")?
        .execute([day])?;
    Ok(())
}

fn forget_lists(c: &Connection, id: &ArticleId) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM article_authors WHERE article = ?1",
        "DELETE FROM article_agencies WHERE article = ?1",
        "DELETE FROM article_keywords WHERE article = ?1",
    ] {
        c.prepare_cached(sql)?.execute([&id.0])?;
    }
    super::labels::forget(c, id)
}

fn write_lists(c: &Connection, tagged: &Tagged) -> rusqlite::Result<()> {
    let article = &tagged.article;
    let id = &article.id.0;
    let mut authors =
        c.prepare_cached("INSERT INTO article_authors (article, position, name) VALUES (?1, ?2, ?3)")?;
    for (position, name) in (1_i64..).zip(&article.authors) {
        authors.execute(params![id, position, name])?;
    }
    let mut agencies =
        c.prepare_cached("INSERT INTO article_agencies (article, position, name) VALUES (?1, ?2, ?3)")?;
    for (position, name) in (1_i64..).zip(&article.agencies) {
        agencies.execute(params![id, position, name])?;
    }
    let mut keywords = c.prepare_cached(
        "INSERT INTO article_keywords (article, origin, position, keyword) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (origin, list) in [("publisher", &article.keywords), ("computed", &tagged.keywords)] {
        for (position, keyword) in (1_i64..).zip(list) {
            keywords.execute(params![id, origin, position, keyword])?;
        }
    }
    super::labels::write(c, tagged)
}

/// Puts the folded text in the search index.
fn index(c: &Connection, seq: i64, tagged: &Tagged) -> rusqlite::Result<()> {
    let article = &tagged.article;
    let folded = |text: &Option<String>| fold::fold(text.as_deref().unwrap_or_default());
    let (title, subtitle, text) =
        (folded(&article.title), folded(&article.subtitle), fold::fold(&article.text));
    let authors: Vec<&str> = article.authors.iter().chain(&article.agencies).map(String::as_str).collect();
    let site = article.site_name.as_deref().unwrap_or_default();
    c.prepare_cached(
        "INSERT INTO articles_fts (rowid, title, subtitle, text, authors, source, forms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        seq,
        title,
        subtitle,
        text,
        fold::fold(&authors.join(", ")),
        fold::fold(&format!("{} {site}", article.source)),
        fold::arabic_forms(&[&title, &subtitle, &text]),
    ])?;
    Ok(())
}

/// The name a closed list of the model has on the wire.
pub(super) fn name_of(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The columns that are computed.
struct Row {
    page: PageId,
    page_url: String,
    host_at: CanonicalUrl,
    kind: String,
    precision: &'static str,
    published_day: Option<String>,
    day: String,
    sort_at: String,
    words: i64,
    fetched_at: String,
    text_hash: String,
    record: String,
}

impl Row {
    /// `met` is when the article first came in: it stands for a date that is not there, so that a later
    /// revision does not move the article to another day.
    fn of(tagged: &Tagged, zone: &TimeZone, met: Timestamp) -> Self {
        let article = &tagged.article;
        // The page as fetched: `canonical_url` may be the publisher's word and differ from it.
        let page = CanonicalUrl::parse(&article.url).unwrap_or_else(|_| article.canonical_url.clone());
        let published_day = article.published.map(|p| p.day_in(zone).to_string());
        let mut bare = tagged.clone();
        bare.article.text = String::new();
        bare.article.html = String::new();
        Self {
            page: page.id(),
            page_url: page.as_str().to_owned(),
            host_at: article.canonical_url.clone(),
            kind: name_of(&article.kind),
            precision: match article.published_precision() {
                Precision::Minute => "minute",
                Precision::Day => "day",
                Precision::None => "none",
            },
            day: published_day.clone().unwrap_or_else(|| met.to_zoned(zone.clone()).date().to_string()),
            sort_at: stamp(moment(article, zone).unwrap_or(met)),
            published_day,
            words: i64::try_from(article.text.split_whitespace().count()).unwrap_or(i64::MAX),
            fetched_at: stamp(article.fetched_at),
            text_hash: format!("{:032x}", article.text_hash()),
            record: serde_json::to_string(&bare).expect("model types have string keys and finite numbers"),
        }
    }

    fn host(&self) -> &str {
        self.host_at.host()
    }

    fn insert(&self, c: &Connection, tagged: &Tagged) -> rusqlite::Result<i64> {
        self.bind(c, tagged, INSERT)?;
        Ok(c.last_insert_rowid())
    }

    fn update(&self, c: &Connection, tagged: &Tagged) -> rusqlite::Result<()> {
        self.bind(c, tagged, UPDATE)
    }

    fn bind(&self, c: &Connection, tagged: &Tagged, sql: &str) -> rusqlite::Result<()> {
        let a = &tagged.article;
        c.prepare_cached(sql)?.execute(rusqlite::named_params! {
            ":id": a.id.0, ":page": self.page.0, ":url": a.url, ":canonical_url": a.canonical_url.as_str(),
            ":host": self.host(), ":source": a.source.0, ":site_name": a.site_name, ":kind": self.kind,
            ":title": a.title, ":kicker": a.kicker, ":subtitle": a.subtitle,
            ":published": a.published.map(|p| p.to_string()), ":published_precision": self.precision,
            ":published_day": self.published_day, ":modified": a.modified.map(|p| p.to_string()),
            ":day": self.day, ":sort_at": self.sort_at, ":section": a.section,
            ":language": tagged.language.as_ref().or(a.language.as_ref()).map(Language::code),
            ":rubrique": tagged.rubrique.slug(), ":confidence": f64::from(tagged.confidence),
            ":uncertain": tagged.uncertain, ":alternative": tagged.alternative.map(Rubrique::slug),
            ":paywalled": a.paywalled, ":opinion": a.opinion, ":sponsored": a.sponsored,
            ":lead_image": a.lead_image.as_ref().map(|i| &i.url), ":licence": a.licence,
            ":tdm_reserved": a.tdm_reserved, ":words": self.words, ":fetched_at": self.fetched_at,
            ":text_hash": self.text_hash, ":text": a.text, ":html": a.html, ":record": self.record,
        })?;
        Ok(())
    }
}

/// When an article was published. What lies more than a day ahead of its fetch is a mistake of the page, and must
/// neither stand before all others nor move the window of grouping.
fn moment(article: &Article, zone: &TimeZone) -> Option<Timestamp> {
    let stated = article.published.map(|published| published.instant_in(zone))?;
    (stated.duration_since(article.fetched_at) <= SignedDuration::from_hours(24)).then_some(stated)
}

const INSERT: &str = "INSERT INTO articles (id, page, url, canonical_url, host, source, site_name, kind, title,
    kicker, subtitle, published, published_precision, published_day, modified, day, sort_at, section, language,
    rubrique, confidence, uncertain, alternative, paywalled, opinion, sponsored, lead_image, licence, tdm_reserved,
    words, first_seen, fetched_at, text_hash, text, html, record)
VALUES (:id, :page, :url, :canonical_url, :host, :source, :site_name, :kind, :title, :kicker, :subtitle,
    :published, :published_precision, :published_day, :modified, :day, :sort_at, :section, :language, :rubrique,
    :confidence, :uncertain, :alternative, :paywalled, :opinion, :sponsored, :lead_image, :licence, :tdm_reserved, :words, :fetched_at,
    :fetched_at, :text_hash, :text, :html, :record)";

/// `seq`, `first_seen`, `revisions` and `first_title` stay.
const UPDATE: &str =
    "UPDATE articles SET page = :page, url = :url, canonical_url = :canonical_url, host = :host,
    source = :source, site_name = :site_name, kind = :kind, title = :title, kicker = :kicker,
    subtitle = :subtitle, published = :published, published_precision = :published_precision,
    published_day = :published_day, modified = :modified, day = :day, sort_at = :sort_at, section = :section,
    language = :language, rubrique = :rubrique, confidence = :confidence, uncertain = :uncertain,
    alternative = :alternative, paywalled = :paywalled,
    opinion = :opinion, sponsored = :sponsored, lead_image = :lead_image, licence = :licence,
    tdm_reserved = :tdm_reserved, words = :words, fetched_at = :fetched_at, text_hash = :text_hash,
    text = :text, html = :html, record = :record WHERE id = :id";
