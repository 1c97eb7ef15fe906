//! `sink`: puts articles, copies and stories in the store and keeps the day's editions up to date.
//!
//! Effect once: rows and the offsets they came from are written in one transaction, and the store's offsets, not
//! the bus's, say where to go on. Grouping is decided here: at once as articles arrive, and when the topic is
//! drained once more for those of the last minutes as one set, so that neither the order they came in nor a
//! crash shows. Its memory is rebuilt from the store.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kiosque_edition::EditionSpec;
use kiosque_group::{Arrival, Grouper, Item, Placement, Settings, signatures};
use kiosque_model::{Article, ArticleId, Never, Reason, Tagged};
use kiosque_store::{Batch, Put, Store, StoreError, WindowArticle};
use kiosque_stream::{Failure, Outcome, Progress, Stage};

use super::{checkpoint, outage, resume};
use crate::gauges;

/// The stage: the store, what it knows of the window, and what it has taken in but not written.
pub(crate) struct Sink {
    store: Store,
    editions: Vec<EditionSpec>,
    settings: Settings,
    grouper: Grouper,
    taken: Vec<Tagged>,
    /// Where each taken article stands in `taken`.
    latest: HashMap<ArticleId, usize>,
    /// Whether the newest day was looked at since the start: its editions may be of another pipeline file.
    started: bool,
}

impl Sink {
    /// Opens the stage on a store, with the grouping of its last days as it was.
    ///
    /// # Errors
    /// [`StoreError`] where the store cannot be read.
    pub(crate) fn open(
        store: Store,
        editions: Vec<EditionSpec>,
        settings: Settings,
    ) -> Result<Self, StoreError> {
        let grouper = restored(&store, &settings)?;
        Ok(Self {
            store,
            editions,
            settings,
            grouper,
            taken: Vec::new(),
            latest: HashMap::new(),
            started: false,
        })
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
        let Self { store, grouper, taken, .. } = self;
        let mut batch = store.begin()?;
        for tagged in taken.iter() {
            let put = batch.put(tagged)?;
            // As it stands in the store now, so that a restart finds what grouping was given.
            let Some(stored) = store.window_article(&tagged.article.id)? else { continue };
            let placed = stored.story.is_some();
            match put {
                // Its text is as it was placed, or was only read otherwise: it stays where it is, among copies
                // and stories. Grouping goes on to compare it by what is stored.
                Put::Unchanged | Put::Replaced if placed => {
                    grouper.reread(&item_of(&stored), &placement_of(&stored));
                    continue;
                }
                Put::Unchanged | Put::Replaced | Put::New | Put::Revised { .. } => {}
            }
            grouper.arrive(&item_of(&stored), arrival_of(&stored, tagged.article.fetched_at));
        }
        if grouper.has_late() {
            grouper.settle();
        }
        write_grouping(&mut batch, grouper)?;
        checkpoint(&mut batch, Self::NAME, progress)?;
        batch.commit()
    }

    /// The days with news, and at the start the newest one.
    fn days_to_build(&self) -> Result<Vec<Date>, StoreError> {
        let mut days = self.store.stale_days()?;
        if !self.started {
            days.extend(self.store.days()?.last().map(|(day, _)| *day).filter(|day| !days.contains(day)));
        }
        Ok(days)
    }

    /// Groups the articles of the last minutes as one set.
    fn settle(&mut self) -> Result<(), StoreError> {
        let Self { store, grouper, .. } = self;
        grouper.settle();
        if !grouper.has_changes() {
            return Ok(());
        }
        let mut batch = store.begin()?;
        write_grouping(&mut batch, grouper)?;
        batch.commit()
    }

    /// Grouping has placed articles, and perhaps joined stories, that a failed transaction did not keep: it goes
    /// back to what the store holds.
    fn take_back(&mut self) -> Result<(), Failure> {
        self.grouper = restored(&self.store, &self.settings).map_err(|e| outage(&e))?;
        Ok(())
    }
}

/// Writes what has changed among copies and stories, and what a restart must know of it.
fn write_grouping(batch: &mut Batch<'_>, grouper: &mut Grouper) -> Result<(), StoreError> {
    let changes = grouper.changes();
    for (into, from) in &changes.joined {
        batch.merge_stories(into, from)?;
    }
    for (id, Placement { copy_of, story, because, .. }) in &changes.placed {
        batch.place(id, copy_of.as_ref(), story, because)?;
    }
    if let Some(since) = grouper.horizon() {
        batch.group_since(since)?;
    }
    if let Some(until) = grouper.settled_until() {
        batch.group_settled(until)?;
    }
    Ok(())
}

impl Stage for Sink {
    const NAME: &'static str = "sink";
    type In = Tagged;
    type Out = Never;

    fn process(&mut self, mut tagged: Tagged) -> Result<Outcome<Never>, Failure> {
        name_agencies(&mut tagged.article);
        if self.known(&tagged).map_err(|e| outage(&e))? {
            return Ok(Outcome::Drop(Reason::Unchanged, None));
        }
        self.latest.insert(tagged.article.id.clone(), self.taken.len());
        self.taken.push(tagged);
        Ok(Outcome::Stored(None))
    }

    fn flush(&mut self, progress: &Progress) -> Result<(), Failure> {
        if let Err(error) = self.write(progress) {
            self.take_back()?;
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
        if let Err(error) = self.settle() {
            self.take_back()?;
            return Err(outage(&error));
        }
        for day in self.days_to_build().map_err(|e| outage(&e))? {
            for spec in &self.editions {
                for date in kiosque_edition::dates_of(spec, day) {
                    kiosque_edition::build(&self.store, spec, date)
                        .map_err(|e| Failure::Transient(e.to_string()))?;
                }
                gauges::built(&spec.name);
            }
            self.store.clear_stale(day).map_err(|e| outage(&e))?;
        }
        self.started = true;
        Ok(())
    }
}

/// Equal but for when it was fetched.
fn same(stored: &Tagged, tagged: &Tagged) -> bool {
    let mut seen_then = tagged.clone();
    seen_then.article.fetched_at = stored.article.fetched_at;
    *stored == seen_then
}

/// Adds the agencies that sign the text to those of the byline.
fn name_agencies(article: &mut Article) {
    let found: Vec<&str> = signatures(&article.text)
        .into_iter()
        .filter(|name| !article.agencies.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .collect();
    if found.is_empty() {
        return;
    }
    article.agencies.extend(found.into_iter().map(str::to_owned));
    article.provenance.entry("agencies".to_owned()).or_insert_with(|| "text".to_owned());
}

/// What grouping reads of an article as the store holds it.
fn item_of(stored: &WindowArticle) -> Item {
    Item {
        id: stored.id.clone(),
        title: stored.title.clone().unwrap_or_default(),
        text: stored.text.clone(),
        language: stored.language.clone(),
        at: stored.at,
        source: stored.source.clone(),
    }
}

fn arrival_of(stored: &WindowArticle, fetched: Timestamp) -> Arrival {
    Arrival { fetched, met: stored.met, bare_day: stored.bare_day }
}

/// Where the store says that it was placed; alone where it says nothing.
fn placement_of(stored: &WindowArticle) -> Placement {
    Placement {
        copy_of: stored.copy_of.clone(),
        story: stored.story.clone().unwrap_or_else(|| stored.id.clone()),
        because: stored.because.clone().unwrap_or_default(),
        absorbed: Vec::new(),
    }
}

/// The grouper as it was when the store was last written: the articles it had not forgotten, as they were placed.
/// A store that says nothing of either is of an earlier version: its last days are read, and settled.
fn restored(store: &Store, settings: &Settings) -> Result<Grouper, StoreError> {
    let mut grouper = Grouper::new(settings.clone());
    let since = match store.grouping_since()? {
        None => store.last_days_since(settings.window_days.saturating_add(1))?,
        since => since,
    };
    if let Some(since) = since {
        grouper.forget_before(since);
    }
    let window = store.window(since.unwrap_or(Timestamp::MIN))?;
    let newest = || Some(window.iter().map(|stored| stored.met).max()? + SignedDuration::from_mins(1));
    if let Some(until) = store.grouping_settled()?.or_else(newest) {
        grouper.open_since(until);
    }
    for stored in window.iter().filter(|stored| stored.story.is_some()) {
        grouper.restore_met(&item_of(stored), &placement_of(stored), arrival_of(stored, stored.met));
    }
    Ok(grouper)
}

#[cfg(test)]
mod regrouped;

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
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
        let mut sink = Sink::open(store, Vec::new(), Settings::default()).unwrap();
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
    fn a_start_builds_the_open_edition_by_the_file_of_today() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let started = |title: &str, articles: &[Tagged]| {
            let store = Store::open_with(&path, &StoreOptions { zone: Some(TimeZone::UTC) }).unwrap();
            let mut spec = EditionSpec::new("matin", TimeZone::UTC, "UTC");
            spec.title = title.to_owned();
            let mut sink = Sink::open(store, vec![spec], Settings::default()).unwrap();
            for article in articles {
                sink.process(article.clone()).unwrap();
            }
            sink.flush(&Progress::new()).unwrap();
            sink.idle().unwrap();
            sink.store.edition("matin", "2026-10-07".parse().unwrap()).unwrap().unwrap()
        };
        let built = started("Le matin", &[dispatch("phare")]);
        assert_eq!((&*built.title, built.revision), ("Le matin", 1));
        assert_eq!(started("Le matin", &[]).revision, 1);
        let again = started("L’aube", &[]);
        assert_eq!((&*again.title, again.revision), ("L’aube", 2));
    }

    #[test]
    fn what_was_only_read_otherwise_stays_where_it_was_placed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let open = || {
            let store = Store::open_with(&path, &StoreOptions { zone: Some(TimeZone::UTC) }).unwrap();
            Sink::open(store, Vec::new(), Settings::default()).unwrap()
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
            let placement = sink.grouper.place(&Item::of(&third.article, None, &TimeZone::UTC));
            (placement.story, placement.copy_of)
        };
        assert_eq!(original(&mut sink), original(&mut open()));
    }
}
