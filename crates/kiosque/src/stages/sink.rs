//! `sink`: puts articles, copies and stories in the store and keeps the day's editions up to date.
//!
//! Effect once: rows and the offsets they came from are written in one transaction, and the store's offsets, not
//! the bus's, say where to go on. Grouping is decided here, in the order articles arrive, and its memory is
//! rebuilt from the store: after a crash it is as if there had been none.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiosque_edition::EditionSpec;
use kiosque_group::{Grouper, Item, Placement, Settings};
use kiosque_model::{ArticleId, Never, Published, Reason, Tagged};
use kiosque_store::{Placed, Put, Store, StoreError};
use kiosque_stream::{Failure, Outcome, Progress, Stage};

use super::{checkpoint, outage, resume};
use crate::gauges;

/// The stage: the store, what it knows of the window, and what it has taken in but not written.
pub(crate) struct Sink {
    store: Store,
    zone: TimeZone,
    editions: Vec<EditionSpec>,
    settings: Settings,
    grouper: Grouper,
    taken: Vec<Tagged>,
    /// Where each taken article stands in `taken`.
    latest: HashMap<ArticleId, usize>,
}

impl Sink {
    /// Opens the stage on a store, with the grouping of its last days as it was.
    ///
    /// # Errors
    /// [`StoreError`] where the store cannot be read.
    pub(crate) fn open(
        store: Store,
        zone: TimeZone,
        editions: Vec<EditionSpec>,
        settings: Settings,
    ) -> Result<Self, StoreError> {
        let grouper = restored(&store, &zone, &settings)?;
        Ok(Self { store, zone, editions, settings, grouper, taken: Vec::new(), latest: HashMap::new() })
    }

    /// Whether the store, or what is taken and not written yet, already holds this article as it is.
    fn known(&self, tagged: &Tagged) -> Result<bool, StoreError> {
        let id = &tagged.article.id;
        if let Some(at) = self.latest.get(id) {
            return Ok(same(&self.taken[*at], tagged));
        }
        Ok(self.store.article(id)?.is_some_and(|stored| same(&stored, tagged)))
    }

    fn write(&mut self, progress: &Progress) -> Result<(), StoreError> {
        let Self { store, zone, settings, grouper, taken, .. } = self;
        let mut batch = store.begin()?;
        for tagged in taken.iter() {
            let item = item(tagged, zone);
            match batch.put(tagged)? {
                // Its text is as it was placed, or older than what is stored.
                Put::Unchanged => continue,
                // Read otherwise, but the publisher changed nothing: it stays where it is, among copies and stories.
                Put::Replaced => {
                    if let Some(Placed { copy_of, story, because }) = store.placed(&tagged.article.id)? {
                        // Grouping goes on to compare it by its new text.
                        if window_start(store, zone, settings)?.is_some_and(|start| item.at >= start) {
                            let placement = Placement { copy_of, story, because, absorbed: Vec::new() };
                            grouper.restore(&item, &placement);
                        }
                        continue;
                    }
                }
                Put::New | Put::Revised { .. } => {}
            }
            let placement = grouper.place(&item);
            for absorbed in &placement.absorbed {
                batch.merge_stories(&placement.story, absorbed)?;
            }
            let Placement { copy_of, story, because, .. } = &placement;
            batch.place(&tagged.article.id, copy_of.as_ref(), story, because)?;
        }
        checkpoint(&mut batch, Self::NAME, progress)?;
        batch.commit()
    }
}

impl Stage for Sink {
    const NAME: &'static str = "sink";
    type In = Tagged;
    type Out = Never;

    fn process(&mut self, tagged: Tagged) -> Result<Outcome<Never>, Failure> {
        if self.known(&tagged).map_err(|e| outage(&e))? {
            return Ok(Outcome::Drop(Reason::Unchanged, None));
        }
        self.latest.insert(tagged.article.id.clone(), self.taken.len());
        self.taken.push(tagged);
        Ok(Outcome::Stored(None))
    }

    fn flush(&mut self, progress: &Progress) -> Result<(), Failure> {
        if let Err(error) = self.write(progress) {
            // The grouper has placed articles, and perhaps joined stories, that the failed transaction did not
            // keep: it goes back to what the store holds before the retry.
            self.grouper = restored(&self.store, &self.zone, &self.settings).map_err(|e| outage(&e))?;
            return Err(outage(&error));
        }
        self.taken.clear();
        self.latest.clear();
        Ok(())
    }

    fn resume(&mut self) -> Result<Option<Progress>, Failure> {
        resume(&self.store, Self::NAME)
    }

    fn idle(&mut self) -> Result<(), Failure> {
        for day in self.store.stale_days().map_err(|e| outage(&e))? {
            for spec in &self.editions {
                for date in kiosque_edition::dates_of(spec, day) {
                    kiosque_edition::build(&self.store, spec, date)
                        .map_err(|e| Failure::Transient(e.to_string()))?;
                }
                gauges::built(&spec.name);
            }
            self.store.clear_stale(day).map_err(|e| outage(&e))?;
        }
        Ok(())
    }
}

/// Equal but for when it was fetched.
fn same(stored: &Tagged, tagged: &Tagged) -> bool {
    let mut seen_then = tagged.clone();
    seen_then.article.fetched_at = stored.article.fetched_at;
    *stored == seen_then
}

/// What grouping reads of an article. A publication that lies more than a day ahead of the fetch is a mistake of the
/// page and must not move the window: it then counts from the fetch.
pub(crate) fn item(tagged: &Tagged, zone: &TimeZone) -> Item {
    let article = &tagged.article;
    let mut item = Item::of(article, tagged.language.clone(), zone);
    if item.at.duration_since(article.fetched_at) > SignedDuration::from_hours(24) {
        item.at = article.fetched_at;
    }
    item
}

/// The grouper as it was when the store was last written: the window's articles, placed in the order they came.
fn restored(store: &Store, zone: &TimeZone, settings: &Settings) -> Result<Grouper, StoreError> {
    let mut grouper = Grouper::new(settings.clone());
    let Some(since) = window_start(store, zone, settings)? else { return Ok(grouper) };
    for article in store.window(since)? {
        let Some(story) = article.story else { continue };
        let item = Item {
            id: article.id,
            title: article.title.unwrap_or_default(),
            text: article.text,
            language: article.language,
            at: article.at,
            source: article.source,
        };
        let because = article.because.unwrap_or_default();
        grouper.restore(&item, &Placement { copy_of: article.copy_of, story, because, absorbed: Vec::new() });
    }
    Ok(grouper)
}

/// The first moment of the days that grouping looks back over; none where the store is empty.
fn window_start(
    store: &Store,
    zone: &TimeZone,
    settings: &Settings,
) -> Result<Option<Timestamp>, StoreError> {
    let newest = store.days()?.last().map(|(day, _)| *day);
    let days = jiff::Span::new().days(i64::from(settings.window_days) + 1);
    Ok(newest.map(|newest| Published::Day(newest.saturating_sub(days)).instant_in(zone)))
}

#[cfg(test)]
mod tests {
    use kiosque_model::{CanonicalUrl, Rubrique, SourceId};
    use kiosque_store::StoreOptions;

    use super::*;

    fn dispatch(host: &str) -> Tagged {
        let url = format!("http://{host}.example/port");
        let canonical = CanonicalUrl::parse(&url).unwrap();
        let fetched_at = "2026-10-07T09:00:00Z".parse().unwrap();
        let mut article = kiosque_model::Article::new(url, canonical, SourceId(host.to_owned()), fetched_at);
        article.title = Some("Le port rouvre après la tempête".to_owned());
        article.text = "Le port de la ville a repris son activité mercredi après trois jours de tempête. Une \
                        quarantaine de chalutiers attendaient au large depuis dimanche, et les criées rouvriront."
            .repeat(40);
        Tagged::new(article, Rubrique::Economie, 0.9)
    }

    #[test]
    fn a_write_that_failed_leaves_nothing_in_the_grouping() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let store = Store::open_with(&path, &StoreOptions { zone: Some(TimeZone::UTC) }).unwrap();
        let mut sink = Sink::open(store, TimeZone::UTC, Vec::new(), Settings::default()).unwrap();
        for host in ["phare", "vigie"] {
            assert_eq!(sink.process(dispatch(host)).unwrap(), Outcome::Stored(None));
        }
        sink.store.limit_size(1).unwrap();
        assert!(matches!(sink.flush(&Progress::new()), Err(Failure::Transient(_))));
        assert!(sink.grouper.is_empty());
        sink.store.limit_size(1 << 30).unwrap();
        sink.flush(&Progress::new()).unwrap();
        let rows = sink
            .store
            .query("SELECT because FROM story_articles UNION ALL SELECT original FROM copies")
            .unwrap();
        assert_eq!(rows.rows.len(), 3, "{rows:?}");
        assert!(!format!("{rows:?}").contains("already placed"), "{rows:?}");
    }

    #[test]
    fn what_was_only_read_otherwise_stays_where_it_was_placed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let open = || {
            let store = Store::open_with(&path, &StoreOptions { zone: Some(TimeZone::UTC) }).unwrap();
            Sink::open(store, TimeZone::UTC, Vec::new(), Settings::default()).unwrap()
        };
        let take = |sink: &mut Sink, tagged: Tagged| {
            sink.process(tagged).unwrap();
            sink.flush(&Progress::new()).unwrap();
        };
        let places = |sink: &Sink| {
            let sql = "SELECT s.article, s.story, s.because, c.original FROM story_articles s
                       LEFT JOIN copies c USING (article) ORDER BY 1";
            sink.store.query(sql).unwrap().rows
        };
        let mut sink = open();
        for host in ["phare", "vigie"] {
            take(&mut sink, dispatch(host));
        }
        let placed = places(&sink);
        // The copy is read otherwise: nothing of the dispatch is left in it.
        let mut again = dispatch("vigie");
        again.article.text = "Le conseil communal a voté mardi le budget de la médiathèque. ".repeat(30);
        take(&mut sink, again.clone());
        assert_eq!(places(&sink), placed);
        let kept =
            sink.store.query("SELECT (SELECT count(*) FROM revisions), count(*) FROM articles").unwrap();
        assert_eq!(kept.to_csv().lines().last(), Some("0,2"));
        assert_eq!(sink.store.article(&again.article.id).unwrap().unwrap().article.text, again.article.text);
        // A third dispatch is compared with it by its new text, before and after a restart.
        let mut third = dispatch("ancre");
        third.article.text.clone_from(&again.article.text);
        let original = |sink: &mut Sink| {
            let placement = sink.grouper.place(&item(&third, &TimeZone::UTC));
            (placement.story, placement.copy_of)
        };
        assert_eq!(original(&mut sink), original(&mut open()));
    }
}
