//! A story as the edition prints it.

use std::collections::BTreeMap;

use kiosque_model::{Access, Article, Edition, EditionItem, OtherTitle, Reprint, Rights, StoryArticle};

use super::text::{direction, language, plain, title, words};
use super::{Placed, excerpt, watch};
use crate::spec::EditionSpec;

/// How many others of its rubrique an item names.
const SAME_RUBRIQUE: usize = 3;

/// The item of a story.
pub(super) fn item(story: &Placed<'_>, number: usize, spec: &EditionSpec) -> EditionItem {
    let members = &story.members;
    let head = members.headline;
    let article = &head.tagged.article;
    let language = language(head);
    let reprints = reprints(story);
    let wishes = &story.wishes;
    let printed = title(article);
    let (retitled, rewritten) = (wishes.title_of(&article.id), wishes.extract_of(&article.id));
    EditionItem {
        story: story.id.clone(),
        original_title: retitled.filter(|title| **title != printed).map(|_| printed.clone()),
        title: retitled.cloned().unwrap_or(printed),
        rewritten: rewritten.is_some(),
        extract: rewritten.cloned().unwrap_or_else(|| extract(head, spec)),
        licensed_text: licensed_text(head, spec),
        notes: wishes.notes.clone(),
        pinned: wishes.pinned,
        decisions: wishes.decisions.clone(),
        source: article.source.clone(),
        source_name: plain(&head.source_name),
        authors: article.authors.iter().map(|name| plain(name)).collect(),
        agencies: article.agencies.iter().map(|name| plain(name)).collect(),
        published: article.published,
        modified: article.modified,
        url: article.canonical_url.as_str().to_owned(),
        direction: direction(language.as_ref()),
        language,
        paywalled: article.paywalled,
        opinion: article.opinion,
        updated: head.revisions > 0,
        first_title: head.first_title.as_deref().map(plain).filter(|first| *first != title(article)),
        reprinted_by: reprints.iter().map(|reprint| reprint.source_name.clone()).collect(),
        reprints,
        others: members.others.iter().map(|one| other(one)).collect(),
        image: article.lead_image.clone(),
        score: story.score,
        score_parts: story.parts.clone(),
        access: access(article),
        rights: head.rights,
        tdm_reserved: article.tdm_reserved,
        licence: article.licence.as_deref().map(plain),
        words: words(&article.text),
        seen: head.first_seen,
        tier: head.source_tier,
        late: head.late,
        revisions: head.revisions,
        outlets: members.outlets(),
        noise: story.noise,
        watchlists: watch::of_story(members).into_iter().collect(),
        ..EditionItem::new(number, article.id.clone(), story.rubrique)
    }
}

/// An article by its title alone.
pub(super) fn other(other: &StoryArticle) -> OtherTitle {
    let article = &other.tagged.article;
    let language = language(other);
    OtherTitle {
        source_name: plain(&other.source_name),
        direction: direction(language.as_ref()),
        language,
        published: article.published,
        updated: other.revisions > 0,
        late: other.late,
        source: article.source.clone(),
        access: access(article),
        rights: other.rights,
        ..OtherTitle::new(article.id.clone(), title(article), article.canonical_url.as_str())
    }
}

pub(super) fn access(article: &Article) -> Access {
    if article.paywalled { Access::Subscribers } else { Access::Free }
}

/// The few lines that may be quoted of an article; empty where its source or its publisher's reservation of text and
/// data mining forbids it.
pub(super) fn extract(article: &StoryArticle, spec: &EditionSpec) -> String {
    if may_quote(article, spec) {
        excerpt::excerpt(&quotable(article), spec.extract_words, spec.extract_share)
    } else {
        String::new()
    }
}

fn may_quote(article: &StoryArticle, spec: &EditionSpec) -> bool {
    let reserved = article.tagged.article.tdm_reserved == Some(true) && !spec.law.quote_reserved;
    match article.rights {
        Rights::Licensed => true,
        Rights::Quote => !reserved,
        Rights::None | Rights::Forbidden => false,
    }
}

/// What a panorama prints of a licensed article.
fn licensed_text(article: &StoryArticle, spec: &EditionSpec) -> Option<String> {
    let law = &spec.law;
    if article.rights != Rights::Licensed || law.panorama_words == 0 {
        return None;
    }
    let text = excerpt::passage(&article.tagged.article.text, law.panorama_words, law.panorama_share);
    (!text.is_empty()).then_some(text)
}

/// The running text of an article, its standfirst where there is no more.
fn quotable(article: &StoryArticle) -> String {
    let article = &article.tagged.article;
    let text =
        if article.text.trim().is_empty() { article.subtitle.as_deref() } else { Some(&*article.text) };
    plain(&excerpt::prose(text.unwrap_or_default()))
}

/// The other houses that printed the headline's text, in the order they did.
fn reprints(story: &Placed<'_>) -> Vec<Reprint> {
    let members = &story.members;
    let mut seen = vec![&members.headline.tagged.article.source];
    let mut reprints = Vec::new();
    for reprint in &members.reprints {
        let article = &reprint.tagged.article;
        if !seen.contains(&&article.source) {
            seen.push(&article.source);
            reprints.push(Reprint {
                source: article.source.clone(),
                source_name: plain(&reprint.source_name),
                article: article.id.clone(),
                title: title(article),
                url: article.canonical_url.as_str().to_owned(),
                published: article.published,
            });
        }
    }
    reprints
}

/// Names to each item the others of its rubrique; `shown` are the stories of the items, in their order.
pub(super) fn link_within_rubriques(edition: &mut Edition, shown: &[&Placed<'_>]) {
    let mut numbers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (item, story) in edition.items().zip(shown) {
        numbers.entry(story.section).or_default().push(item.number);
    }
    for (item, story) in edition.items_mut().zip(shown) {
        let of_it = numbers.get(&story.section).map(Vec::as_slice).unwrap_or_default();
        let own = item.number;
        item.same_rubrique = of_it.iter().copied().filter(|n| *n != own).take(SAME_RUBRIQUE).collect();
    }
}
