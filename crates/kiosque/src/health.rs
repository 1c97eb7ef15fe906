//! How the sources are: what the store counts, what the crawler remembers, and what their histories say.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use kiosque_crawl::SourceHealth;
use kiosque_model::SourceId;
use kiosque_store::{SourceStatus, StageMemory, Store};
use kiosque_watch::{Alarm, AlarmKind};
use serde_json::{Value, json};

use crate::config::Config;
use crate::stages::crawl::CrawlMemory;
use crate::watch::{self, Assessment};

/// What is known of all sources.
#[derive(Default)]
pub(crate) struct Health {
    /// As the crawler's own memory has it; on a broker that lies with each crawler and may not be here.
    crawled: BTreeMap<SourceId, SourceHealth>,
    /// Sources whose own address could not be had, by the breadcrumbs of their crawler.
    failed: BTreeMap<SourceId, (Timestamp, String)>,
    assessed: BTreeMap<SourceId, Assessment>,
}

impl Health {
    /// Reads memory, breadcrumbs and histories.
    ///
    /// # Errors
    /// Where store or memory cannot be read.
    pub(crate) fn gather(config: &Config, store: &Store, sources: &[SourceStatus]) -> Result<Self> {
        let mut health =
            Self { assessed: watch::assess(store, sources, Timestamp::now())?, ..Self::default() };
        if config.state.exists() {
            let memory = CrawlMemory::new(Arc::new(StageMemory::open(&config.state)?), None);
            health.crawled = kiosque_crawl::source_health(&memory)?;
        }
        for source in &config.sources {
            let id = SourceId(source.id.clone());
            if !health.crawled.contains_key(&id)
                && let Some(failure) = store.crawl_failure(&source.url)?
            {
                health.failed.insert(id, failure);
            }
        }
        Ok(health)
    }

    /// When a source was last visited: by the crawler's memory, which also counts visits that asked for no page.
    pub(crate) fn last_visit(&self, source: &SourceStatus) -> Option<Timestamp> {
        self.crawled.get(&source.id).and_then(|known| known.last_visit).max(source.last_visit)
    }

    /// What an operator should know of a source: `ok`, or what is wrong with it.
    pub(crate) fn state(&self, source: &SourceStatus) -> String {
        if !source.enabled {
            return "disabled".to_owned();
        }
        let crawled = self.crawl_state(source);
        let is_read = matches!(crawled.as_str(), "ok" | "unchanged");
        let alarms = self.alarms(source);
        if is_read && (source.articles == 0 || alarms.iter().any(|alarm| alarm.kind == AlarmKind::Silent)) {
            return "silent".to_owned();
        }
        let drifting: Vec<_> =
            alarms.iter().filter(|a| a.kind != AlarmKind::Silent).map(|a| a.kind.name()).collect();
        match (is_read, drifting.is_empty()) {
            (true, true) => "ok".to_owned(),
            (true, false) => format!("drifting ({})", drifting.join(", ")),
            (false, _) => crawled,
        }
    }

    /// The state after the last visit. Where the crawler's memory is elsewhere, breadcrumbs tell it.
    fn crawl_state(&self, source: &SourceStatus) -> String {
        if let Some(known) = self.crawled.get(&source.id) {
            return known.state.clone();
        }
        match (source.last_visit, self.failed.get(&source.id)) {
            (None, None) => "waiting".to_owned(),
            (visit, Some((at, why))) if visit.is_none_or(|visit| *at >= visit) => why.clone(),
            (Some(_) | None, _) => "ok".to_owned(),
        }
    }

    fn alarms(&self, source: &SourceStatus) -> &[Alarm] {
        self.assessed.get(&source.id).map_or(&[], |assessed| &assessed.alarms)
    }

    /// The usual pace in words: `34 a day, every 25 min`.
    pub(crate) fn pace(&self, source: &SourceStatus) -> String {
        let rhythm = self.assessed.get(&source.id).and_then(|assessed| assessed.rhythm.as_ref());
        rhythm.map_or_else(
            || "–".to_owned(),
            |rhythm| {
                format!("{:.0} a day, every {}", rhythm.per_day, kiosque_watch::span(rhythm.usual_pause))
            },
        )
    }

    /// Every alarm in words, by source.
    pub(crate) fn told(&self) -> impl Iterator<Item = String> {
        let all = self.assessed.iter().flat_map(|(id, a)| a.alarms.iter().map(move |alarm| (id, alarm)));
        all.map(|(id, alarm)| format!("{id}: {}, since {:.0}: {}", alarm.kind, alarm.since, alarm.says))
    }

    /// `rhythm` and `alarms` of a source.
    pub(crate) fn as_json(&self, source: &SourceStatus) -> (Value, Value) {
        let Some(assessed) = self.assessed.get(&source.id) else { return (Value::Null, json!([])) };
        let rhythm = assessed.rhythm.as_ref().map(|rhythm| {
            json!({
                "articles_per_day": rhythm.per_day, "usual_pause_s": rhythm.usual_pause.as_secs(),
                "longest_pause_s": rhythm.longest_pause.as_secs(),
            })
        });
        let alarm =
            |alarm: &Alarm| json!({ "kind": alarm.kind.name(), "since": alarm.since, "says": alarm.says });
        (json!(rhythm), assessed.alarms.iter().map(alarm).collect())
    }
}

/// What keeps a source from being read since its last visit, as the crawler's memory or its breadcrumbs have it.
///
/// # Errors
/// Where store or memory cannot be read.
pub(crate) fn trouble(config: &Config, store: &Store, id: &str, url: &str) -> Result<Option<String>> {
    if config.state.exists() {
        let memory = CrawlMemory::new(Arc::new(StageMemory::open(&config.state)?), None);
        if let Some(known) = kiosque_crawl::source_health(&memory)?.remove(&SourceId(id.to_owned())) {
            let is_trouble = ["failed", "broken", "refused"].iter().any(|kind| known.state.starts_with(kind));
            return Ok(Some(known.state).filter(|_| is_trouble));
        }
    }
    Ok(store.crawl_failure(url)?.map(|(_, why)| why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn source(visit: Option<&str>, articles: usize) -> SourceStatus {
        SourceStatus {
            id: SourceId("a".into()),
            name: "A".into(),
            listed: true,
            enabled: true,
            last_visit: visit.map(at),
            last_new_article: None,
            articles,
            without_text: 0.0,
            without_author: 0.0,
            without_date: 0.0,
        }
    }

    #[test]
    fn without_the_crawlers_memory_breadcrumbs_tell_the_state() {
        let id = || SourceId("a".into());
        let (visit, before, why) =
            ("2026-10-06T08:00:00Z", "2026-10-05T08:00:00Z", "failed (not_found): status 404");
        let failed = |when: &str| Health {
            failed: BTreeMap::from([(id(), (at(when), why.to_owned()))]),
            ..Health::default()
        };
        let check = |health: &Health, source: &SourceStatus, expected: &str| {
            assert_eq!(health.state(source), expected);
        };
        check(&Health::default(), &source(None, 0), "waiting");
        check(&Health::default(), &source(Some(visit), 0), "silent");
        check(&Health::default(), &source(Some(visit), 7), "ok");
        check(&failed(visit), &source(Some(visit), 7), why);
        // It was visited with success since.
        check(&failed(before), &source(Some(visit), 7), "ok");
        check(&failed(visit), &SourceStatus { enabled: false, ..source(Some(visit), 7) }, "disabled");
    }

    #[test]
    fn alarms_are_part_of_the_state() {
        let alarm = |kind| Alarm { kind, since: at("2026-10-06T08:00:00Z"), says: "x".into() };
        let check = |kinds: &[AlarmKind], expected: &str| {
            let alarms = kinds.iter().map(|kind| alarm(*kind)).collect();
            let assessed = BTreeMap::from([(SourceId("a".into()), Assessment { rhythm: None, alarms })]);
            let health = Health { assessed, ..Health::default() };
            assert_eq!(health.state(&source(Some("2026-10-06T08:00:00Z"), 7)), expected);
        };
        check(&[], "ok");
        check(&[AlarmKind::Silent], "silent");
        check(&[AlarmKind::NoDate, AlarmKind::Short], "drifting (no_date, short)");
    }
}
