//! An edition that no longer follows what comes in, with what editors decided since.
//!
//! Invariant: numbers stay. A reader who was told "see item 12" finds item 12, or that it was taken out; so what would
//! move items ([`crate::Act::Pin`], `Move`, `Order`, `Rubrique`, `Merge`, `Split`) waits until the edition is thawed.

use jiff::Timestamp;
use kiosque_model::{
    Access, ArticleId, Edition, EditionItem, Erratum, Mode, NewspaperLine, OtherTitle, Reprint,
};

use crate::compose::{direction_of, note, order_papers, plain};
use crate::ruling::{Act, Ruling};

/// `edition` with `rulings`, those decided after it was frozen. Where it had been published, each is a correction.
#[must_use]
pub fn amend(edition: &Edition, rulings: &[Ruling], published: bool) -> Edition {
    let mut amended = edition.clone();
    let revision = edition.revision + 1;
    for ruling in rulings {
        let erratum = match &ruling.target {
            None => on_edition(&mut amended, ruling),
            Some(target) => on_item(&mut amended, target, ruling),
        };
        if let Some(erratum) = erratum.filter(|_| published) {
            amended.errata.push(Erratum { revision, at: ruling.at, who: plain(&ruling.who), ..erratum });
        }
    }
    amended
}

/// Whether a decision changes an edition that is frozen or published.
#[must_use]
pub const fn amends(act: &Act) -> bool {
    matches!(
        act,
        Act::Retitle { .. } | Act::Extract { .. } | Act::Note { .. } | Act::Drop { .. } | Act::Erratum { .. }
    )
}

/// The correction that says that an edition which was out in one mode is given out in another.
pub(crate) fn other_mode(edition: &Edition, mode: Mode, (who, at): (&str, Timestamp)) -> Erratum {
    Erratum {
        revision: edition.revision + 1,
        at,
        who: plain(who),
        number: None,
        kind: "mode".to_owned(),
        before: Some(edition.law.mode.to_string()),
        text: mode.to_string(),
    }
}

fn on_edition(edition: &mut Edition, ruling: &Ruling) -> Option<Erratum> {
    match &ruling.act {
        Act::Note { .. } => {
            let note = note(ruling)?;
            let erratum = erratum(ruling, None, None, note.text.clone());
            edition.notes.push(note);
            Some(erratum)
        }
        Act::Erratum { text } => Some(erratum(ruling, None, None, plain(text))),
        _ => None,
    }
}

fn on_item(edition: &mut Edition, target: &ArticleId, ruling: &Ruling) -> Option<Erratum> {
    let number = edition.items().find(|item| tells(item, target))?.number;
    if let Act::Drop { only } = ruling.act {
        let left = only && withdraw(edition, (number, target));
        if !left {
            take_out(edition, number);
        }
        let kind = if left { "withdraw" } else { "drop" };
        return Some(Erratum { kind: kind.to_owned(), ..erratum(ruling, Some(number), None, String::new()) });
    }
    let item = edition.items_mut().find(|item| item.number == number)?;
    // Title and extract are those of the article that speaks for the story; another one's are not printed.
    if matches!(ruling.act, Act::Retitle { .. } | Act::Extract { .. }) && item.article != *target {
        return None;
    }
    let told = |before: Option<String>, text: String| erratum(ruling, Some(number), before, text);
    let erratum = match &ruling.act {
        Act::Retitle { title } => {
            let before = std::mem::replace(&mut item.title, plain(title));
            item.original_title.get_or_insert(before.clone());
            item.original_title.take_if(|own| *own == item.title);
            told(Some(before), item.title.clone())
        }
        Act::Extract { text } => {
            item.extract = plain(text);
            item.rewritten = true;
            // That it was rewritten is said, not how: what stood there may be more than a mode lets out.
            told(None, String::new())
        }
        Act::Note { .. } => {
            let note = note(ruling)?;
            let text = note.text.clone();
            item.notes.push(note);
            told(None, text)
        }
        Act::Erratum { text } => told(None, plain(text)),
        _ => return None,
    };
    item.decisions.push(ruling.number);
    Some(erratum)
}

/// Whether an item's story holds an article.
pub(crate) fn tells(item: &EditionItem, article: &ArticleId) -> bool {
    item.article == *article
        || item.others.iter().any(|other| other.article == *article)
        || item.reprints.iter().any(|reprint| reprint.article == *article)
}

/// Takes an item out. Its headline goes with it, and so does what was corrected of it: its source may have forbidden it.
fn take_out(edition: &mut Edition, number: usize) {
    let others = |item: &EditionItem| item.number != number;
    edition.front.retain(others);
    for section in &mut edition.sections {
        section.items.retain(others);
        section.on_front.retain(|other| *other != number);
    }
    edition.sections.retain(|section| !section.items.is_empty());
    edition.stories = edition.stories.saturating_sub(1);
    for item in edition.items_mut() {
        item.same_rubrique.retain(|other| *other != number);
    }
    for watchlist in &mut edition.watchlists {
        watchlist.items.retain(|other| *other != number);
    }
    edition.errata.retain(|erratum| erratum.number != Some(number));
    edition.watchlists.retain(|watchlist| !watchlist.items.is_empty());
    take_out_lines(edition, |line| line.number == number);
    if edition.timeline.as_ref().is_some_and(|timeline| timeline.number == number) {
        edition.timeline = None;
    }
}

/// Takes one article out of an item; where it spoke for the story, another one does from now on. Tells whether there was
/// another one.
fn withdraw(edition: &mut Edition, (number, target): (usize, &ArticleId)) -> bool {
    let Some(item) = edition.items().find(|item| item.number == number) else { return false };
    let mut left = item.clone();
    left.others.retain(|other| other.article != *target);
    left.reprints.retain(|reprint| reprint.article != *target);
    if item.article == *target {
        let next = left.others.first().map(|other| &other.article);
        let next = next.or(left.reprints.first().map(|reprint| &reprint.article));
        let Some(heir) = next.and_then(|next| led_by(edition, &left, next)) else { return false };
        left = heir;
    }
    left.reprinted_by = left.reprints.iter().map(|reprint| reprint.source_name.clone()).collect();
    let gone = item.source_name.clone();
    let led = item.article == *target;
    take_out_lines(edition, |line| line.article == *target);
    for line in edition.newspapers.iter_mut().flat_map(|paper| &mut paper.lines) {
        line.headline |= line.article == left.article;
        if led && line.number == number {
            line.copy_of.take_if(|name| *name == gone);
        }
    }
    if let Some(timeline) = &mut edition.timeline {
        timeline.moments.retain(|moment| moment.article != *target);
    }
    // What was corrected of a headline went with it.
    edition.errata.retain(|erratum| erratum.number != Some(number) || erratum.kind.is_empty());
    for item in edition.items_mut().filter(|item| item.number == number) {
        item.clone_from(&left);
    }
    true
}

/// The item with another article of its story at its head, as the view by paper tells that one.
fn led_by(edition: &Edition, item: &EditionItem, next: &ArticleId) -> Option<EditionItem> {
    let mut lines = edition.newspapers.iter().flat_map(|p| p.lines.iter().map(move |line| (p, line)));
    let (paper, line) = lines.find(|(_, line)| line.article == *next)?;
    let others = item.others.iter().filter(|other| other.article != *next);
    // Where one in words of its own speaks now, those who reprinted the text that went tell it as others do.
    let (mut reprints, mut told) = (item.reprints.clone(), Vec::new());
    match reprints.iter().position(|reprint| reprint.article == *next) {
        Some(at) => drop(reprints.remove(at)),
        None => told.extend(reprints.drain(..).map(|reprint| as_other(&reprint))),
    }
    Some(EditionItem {
        article: line.article.clone(),
        title: line.title.clone(),
        extract: line.extract.clone(),
        source: paper.source.clone(),
        source_name: paper.name.clone(),
        authors: line.authors.clone(),
        agencies: line.agencies.clone(),
        published: line.published,
        modified: None,
        url: line.url.clone(),
        language: line.language.clone(),
        direction: line.direction,
        access: line.access,
        paywalled: line.access == Access::Subscribers,
        opinion: false,
        updated: line.updated,
        first_title: None,
        original_title: None,
        rewritten: false,
        image: None,
        licence: None,
        licensed_text: None,
        tdm_reserved: line.tdm_reserved,
        rights: paper.rights,
        tier: paper.tier,
        words: line.words,
        seen: line.seen,
        reprints,
        others: others.cloned().chain(told).collect(),
        ..item.clone()
    })
}

/// A reprint as the title of another telling.
fn as_other(reprint: &Reprint) -> OtherTitle {
    let direction = direction_of(&reprint.title);
    OtherTitle {
        source: reprint.source.clone(),
        source_name: reprint.source_name.clone(),
        published: reprint.published,
        direction,
        ..OtherTitle::new(reprint.article.clone(), reprint.title.clone(), &reprint.url)
    }
}

/// Takes lines out of the view by paper and their articles out of the counts.
fn take_out_lines(edition: &mut Edition, goes: impl Fn(&NewspaperLine) -> bool) {
    for paper in &mut edition.newspapers {
        let of_it: Vec<_> = paper.lines.extract_if(.., |line| goes(line)).collect();
        edition.articles = edition.articles.saturating_sub(of_it.len());
        edition.copies = edition.copies.saturating_sub(of_it.iter().filter(|l| l.copy_of.is_some()).count());
        for source in edition.sources.iter_mut().filter(|source| source.id == paper.source) {
            source.articles = source.articles.saturating_sub(of_it.len());
        }
    }
    edition.newspapers.retain(|paper| !paper.lines.is_empty());
    edition.sources.retain(|source| source.articles > 0);
    order_papers(edition);
}

fn erratum(ruling: &Ruling, number: Option<usize>, before: Option<String>, text: String) -> Erratum {
    let kind = match ruling.act {
        Act::Erratum { .. } => String::new(),
        _ => ruling.act.kind().to_owned(),
    };
    Erratum { revision: 0, at: ruling.at, who: String::new(), number, kind, before, text }
}
