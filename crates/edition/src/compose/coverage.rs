//! What the day was made of: sources, rubriques, and how the lead story came about.

use std::collections::BTreeMap;

use kiosque_model::{
    Coverage, CoverageShare, Edition, EditionSource, Published, SourceId, StoryArticle, Timeline,
    TimelineMoment,
};

use super::Placed;
use super::text::{direction, direction_of, language, plain, title, words};
use crate::spec::EditionSpec;

/// The articles of the window by rubrique and by source, those of stories that found no room included.
pub(super) fn coverage(stories: &[Placed<'_>], spec: &EditionSpec) -> Coverage {
    let articles: usize = stories.iter().map(|s| s.members.all.len()).sum();
    let mut rubriques = Shares::default();
    let mut sources = Shares::default();
    for story in stories {
        let rubrique = &spec.rubriques[story.section];
        let of = rubrique.subject.id();
        for article in &story.members.all {
            let id = &*article.tagged.article.source.0;
            let copy = story.members.copied_from(article).is_some();
            rubriques.add(&of, &rubrique.label, id, copy);
            sources.add(id, &article.source_name, &of, copy);
        }
    }
    Coverage {
        articles,
        stories: stories.len(),
        rubriques: rubriques.ranked(articles),
        sources: sources.ranked(articles),
    }
}

/// Counts of one axis.
#[derive(Default)]
struct Shares(BTreeMap<String, CoverageShare>);

impl Shares {
    fn add(&mut self, id: &str, label: &str, other_axis: &str, copy: bool) {
        let share = self.0.entry(id.to_owned()).or_insert_with(|| {
            let label = plain(label);
            CoverageShare {
                id: id.to_owned(),
                direction: direction_of(&label),
                label,
                articles: 0,
                copies: 0,
                percent: 0.0,
                of: BTreeMap::new(),
            }
        });
        share.articles += 1;
        share.copies += usize::from(copy);
        *share.of.entry(other_axis.to_owned()).or_default() += 1;
    }

    fn ranked(self, all: usize) -> Vec<CoverageShare> {
        let mut shares: Vec<_> = self.0.into_values().collect();
        for share in &mut shares {
            share.percent = percent(share.articles as f64, all as f64);
        }
        shares.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.id.cmp(&b.id)));
        shares
    }
}

/// A part in percent of a whole, to one decimal.
pub(super) fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole * 1000.0).round() / 10.0 } else { 0.0 }
}

/// Words each source published in the window.
pub(super) fn words_by_source(stories: &[Placed<'_>]) -> BTreeMap<SourceId, usize> {
    let mut published = BTreeMap::new();
    for article in stories.iter().flat_map(|s| &s.members.all) {
        let article = &article.tagged.article;
        *published.entry(article.source.clone()).or_default() += words(&article.text);
    }
    published
}

/// The sources of the edition, by number of articles.
pub(super) fn sources(
    edition: &Edition,
    shown: &[&Placed<'_>],
    published: &BTreeMap<SourceId, usize>,
) -> Vec<EditionSource> {
    let mut found: BTreeMap<&SourceId, EditionSource> = BTreeMap::new();
    for article in shown.iter().flat_map(|s| &s.members.all) {
        let id = &article.tagged.article.source;
        let source = found.entry(id).or_insert_with(|| named(article, published));
        // One source, one name: the first in order, should its articles not agree.
        let name = plain(&article.source_name);
        if name < source.name {
            source.name = name;
        }
        source.articles += 1;
    }
    for item in edition.items() {
        if let Some(source) = found.get_mut(&item.source) {
            source.quoted_words += words(&item.extract);
        }
    }
    found.into_values().collect()
}

fn named(article: &StoryArticle, published: &BTreeMap<SourceId, usize>) -> EditionSource {
    let id = &article.tagged.article.source;
    EditionSource {
        name_ar: article.source_name_ar.as_deref().map(plain),
        tier: article.source_tier,
        rights: article.rights,
        words: published.get(id).copied().unwrap_or(0),
        ..EditionSource::new(id.clone(), plain(&article.source_name), 0)
    }
}

/// The articles of the lead story in the order they came out.
pub(super) fn timeline(lead: &Placed<'_>, spec: &EditionSpec) -> Timeline {
    let language_of_lead = language(lead.members.headline);
    let mut moments: Vec<_> = lead.members.all.iter().map(|article| moment(article, lead, spec)).collect();
    moments.sort_by(|a, b| (a.at, &a.article).cmp(&(b.at, &b.article)));
    Timeline {
        number: 1,
        story: lead.id.clone(),
        rubrique: lead.rubrique,
        title: title(&lead.members.headline.tagged.article),
        direction: direction(language_of_lead.as_ref()),
        moments,
    }
}

fn moment(article: &StoryArticle, lead: &Placed<'_>, spec: &EditionSpec) -> TimelineMoment {
    let of = &article.tagged.article;
    let seen = article.first_seen.unwrap_or(of.fetched_at);
    let language = language(article);
    TimelineMoment {
        at: of.published.map_or(seen, |p| p.instant_in(&spec.time_zone)),
        hour_known: matches!(of.published, Some(Published::Moment(..))),
        article: of.id.clone(),
        title: title(of),
        source: of.source.clone(),
        source_name: plain(&article.source_name),
        url: of.canonical_url.as_str().to_owned(),
        direction: direction(language.as_ref()),
        language,
        copy: lead.members.copied_from(article).is_some(),
        updated: article.revisions > 0,
    }
}
