//! Watches the sources: the judgement of `kiosque-watch` over the store's history, told in the log and the metrics
//! when it changes.
//!
//! Nothing is kept but what was told last, so a line that starts again tells once more what still stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use kiosque_model::SourceId;
use kiosque_store::{SourceHistory, SourceStatus, Store};
use kiosque_watch::{Alarm, AlarmKind, Page, Rhythm};
use metrics::gauge;

/// How far back a source is compared with itself.
const HISTORY: SignedDuration = SignedDuration::from_hours(9 * 7 * 24);
/// How often a line that runs looks.
const LOOK: Duration = Duration::from_mins(10);

/// What is known of a source beside its counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assessment {
    pub(crate) rhythm: Option<Rhythm>,
    pub(crate) alarms: Vec<Alarm>,
}

/// Judges every source that is listed and on.
///
/// # Errors
/// Where the store cannot be read.
pub(crate) fn assess(
    store: &Store,
    sources: &[SourceStatus],
    now: Timestamp,
) -> Result<BTreeMap<SourceId, Assessment>> {
    let histories = store.histories(now.saturating_sub(HISTORY)?)?;
    let visited = sources.iter().filter(|source| source.listed && source.enabled);
    let assessed = visited.map(|source| {
        let history = histories.get(&source.id);
        (source.id.clone(), history.map(|history| judge(history, source, now, store)).unwrap_or_default())
    });
    Ok(assessed.collect())
}

fn judge(history: &SourceHistory, source: &SourceStatus, now: Timestamp, store: &Store) -> Assessment {
    // What nobody looked at since is not silent: the crawl is late, which its lag and last visit tell.
    let until = source.last_visit.map_or(now, |visit| visit.min(now));
    let page =
        |p: &kiosque_store::PageRead| Page { at: p.at, words: p.words, author: p.author, date: p.date };
    let pages: Vec<Page> = history.pages.iter().map(page).collect();
    let mut alarms: Vec<Alarm> =
        kiosque_watch::silence(&history.arrivals, until, store.zone()).into_iter().collect();
    alarms.extend(kiosque_watch::drift(&pages));
    Assessment { rhythm: kiosque_watch::rhythm(&history.arrivals, now, store.zone()), alarms }
}

/// Looks now and then while a line runs.
#[derive(Default)]
pub(crate) struct Watchman {
    looked: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    at: Option<Instant>,
    standing: BTreeSet<(SourceId, AlarmKind)>,
}

impl Watchman {
    /// Looks, if it is time to, and tells what is new.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn look(&self, store: &Store) -> Result<()> {
        let mut told = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if told.at.is_some_and(|at| at.elapsed() < LOOK) {
            return Ok(());
        }
        let sources = store.status()?.sources;
        let assessed = assess(store, &sources, Timestamp::now())?;
        told.standing = tell(&assessed, &told.standing);
        for source in sources.iter().filter(|source| source.listed && source.enabled) {
            measure(source);
        }
        told.at = Some(Instant::now());
        Ok(())
    }
}

/// Tells what was raised and what was called off since; what stands now.
fn tell(
    assessed: &BTreeMap<SourceId, Assessment>,
    before: &BTreeSet<(SourceId, AlarmKind)>,
) -> BTreeSet<(SourceId, AlarmKind)> {
    let mut standing = BTreeSet::new();
    for (id, assessment) in assessed {
        for kind in AlarmKind::ALL {
            let alarm = assessment.alarms.iter().find(|alarm| alarm.kind == kind);
            let known = before.contains(&(id.clone(), kind));
            match alarm {
                Some(Alarm { since, says, .. }) if !known => {
                    tracing::warn!(source = %id, alarm = kind.name(), %since, "source alarm: {says}");
                }
                None if known => tracing::warn!(source = %id, alarm = kind.name(), "source alarm is over"),
                Some(_) | None => {}
            }
            if alarm.is_some() {
                standing.insert((id.clone(), kind));
            }
            // One that never was is no series: a catalogue times five kinds would be many.
            if alarm.is_some() || known {
                gauge!("kiosque_source_alarm", "source" => id.0.clone(), "kind" => kind.name())
                    .set(if alarm.is_some() { 1.0 } else { 0.0 });
            }
        }
    }
    standing
}

fn measure(source: &SourceStatus) {
    let seconds = |at: Timestamp| at.as_second() as f64;
    if let Some(at) = source.last_visit {
        gauge!("kiosque_source_visit_timestamp_seconds", "source" => source.id.0.clone()).set(seconds(at));
    }
    if let Some(at) = source.last_new_article {
        gauge!("kiosque_source_article_timestamp_seconds", "source" => source.id.0.clone()).set(seconds(at));
    }
}

#[cfg(test)]
mod tests {
    use kiosque_model::{Article, Breadcrumb, BreadcrumbOutcome, CanonicalUrl, Reason, Rubrique, Tagged};
    use kiosque_store::{SourceRow, StoreOptions};

    use super::*;

    #[test]
    fn an_alarm_is_told_once_and_called_off_once() {
        let id = SourceId("a".into());
        let since = "2026-10-06T07:00:00Z".parse().unwrap();
        let alarm = Alarm { kind: AlarmKind::Silent, since, says: "x".into() };
        let with = |alarms| BTreeMap::from([(id.clone(), Assessment { rhythm: None, alarms })]);
        let standing = tell(&with(vec![alarm.clone()]), &BTreeSet::new());
        assert_eq!(standing, BTreeSet::from([(id.clone(), AlarmKind::Silent)]));
        assert_eq!(tell(&with(vec![alarm]), &standing), standing);
        assert!(tell(&with(Vec::new()), &standing).is_empty());
    }

    fn article(source: &str, n: i64, at: Timestamp, signed: bool) -> Tagged {
        let url = CanonicalUrl::parse(&format!("https://{source}.example/{n}")).unwrap();
        let mut article = Article::new(url.to_string(), url, SourceId(source.into()), at);
        article.title = Some(format!("Titre {n}"));
        article.text = format!("Le texte {n} de la page");
        article.authors = if signed { vec!["Zoé Œuvrard".into()] } else { Vec::new() };
        article.published = Some("2026-03-01".parse().unwrap());
        Tagged::new(article, Rubrique::Societe, 0.5)
    }

    /// Forty days of a source that brings an article an hour: until `ends`, and signed until the last forty.
    fn fill(store: &Store, source: &str, ends: i64, signed: bool) {
        let start: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let mut batch = store.begin().unwrap();
        for hour in 0..ends {
            let at = start + SignedDuration::from_hours(hour);
            let _ = batch.put(&article(source, hour, at, signed || hour < ends - 40)).unwrap();
        }
        batch.commit().unwrap();
    }

    #[test]
    fn histories_of_a_store_are_judged() {
        let folder = tempfile::tempdir().unwrap();
        let zone = jiff::tz::TimeZone::get("Africa/Casablanca").unwrap();
        let options = StoreOptions { zone: Some(zone) };
        let store = Store::open_with(&folder.path().join("store.sqlite"), &options).unwrap();
        let now: Timestamp = "2026-04-10T00:00:00Z".parse().unwrap();
        let row = |id: &str| SourceRow {
            id: SourceId(id.into()),
            name: id.into(),
            name_ar: None,
            url: format!("https://{id}.example/feed"),
            language: None,
            tier: 1,
            kind: "feed".into(),
            enabled: true,
            rights: kiosque_model::Rights::Quote,
        };
        store.sync_sources(&["well", "mute", "unsigned", "empty"].map(row)).unwrap();
        fill(&store, "well", 960, true);
        fill(&store, "mute", 930, true);
        fill(&store, "unsigned", 960, false);
        fill(&store, "empty", 960, true);
        let mut batch = store.begin().unwrap();
        let crumb = |source: &str, page: &str, stage: &str, outcome, at| Breadcrumb {
            at,
            url: CanonicalUrl::parse(&format!("https://{source}.example/{page}")).unwrap(),
            source: Some(SourceId(source.into())),
            stage: stage.into(),
            outcome,
            detail: None,
        };
        for n in 0..40 {
            let at = now - SignedDuration::from_mins(40 - n);
            let dropped = BreadcrumbOutcome::Dropped(Reason::NoText);
            batch.crumb(&crumb("empty", &format!("x{n}"), "extract", dropped, at)).unwrap();
        }
        // All were visited to the end: who is mute was asked and had nothing.
        for source in ["well", "mute", "unsigned", "empty"] {
            let looked = BreadcrumbOutcome::Dropped(Reason::NotModified);
            batch.crumb(&crumb(source, "feed", "crawl", looked, now)).unwrap();
        }
        batch.commit().unwrap();
        let sources = store.status().unwrap().sources;
        let assessed = assess(&store, &sources, now).unwrap();
        let told: Vec<_> = assessed
            .iter()
            .map(|(id, a)| (id.0.as_str(), a.alarms.iter().map(|alarm| alarm.kind).collect::<Vec<_>>()))
            .collect();
        assert_eq!(
            told,
            [
                ("empty", vec![AlarmKind::NoText]),
                ("mute", vec![AlarmKind::Silent]),
                ("unsigned", vec![AlarmKind::NoAuthor]),
                ("well", vec![]),
            ]
        );
        assert_eq!(assessed[&SourceId("well".into())].rhythm.as_ref().unwrap().per_day, 24.0);
        // Nobody looked for a day: that is no silence of theirs.
        let later = now + SignedDuration::from_hours(24);
        let well = &assess(&store, &sources, later).unwrap()[&SourceId("well".into())];
        assert_eq!(well.alarms, []);
        assert_eq!(store.crawl_failure("https://well.example/feed").unwrap(), None);
    }
}
