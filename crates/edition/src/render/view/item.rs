//! An item as it is printed: in the view by rubrique a story, in the view by paper an article of it.

use jiff::Timestamp;
use kiosque_model::{Access, EditionItem, Language, NewspaperLine, OtherTitle, Published, Rubrique};
use serde::Serialize;

use super::{Headline, Note, Pen, printed, tongue};
use crate::look::Labels;

/// Other tellings of an event an item lists at most; the JSON has all of them.
const OTHERS: usize = 8;

/// An item as printed.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Item {
    pub(in crate::render) number: usize,
    /// `n° 3`.
    pub(in crate::render) numbered: String,
    /// What names it over editions and revisions: its article.
    pub(in crate::render) id: String,
    pub(in crate::render) headline: Headline,
    pub(in crate::render) source: String,
    /// Persons, else agencies, else empty.
    pub(in crate::render) by: Vec<String>,
    pub(in crate::render) date: String,
    /// For the `datetime` attribute, where there is a date.
    pub(in crate::render) datetime: Option<String>,
    pub(in crate::render) badges: Vec<String>,
    pub(in crate::render) rubrique: String,
    pub(in crate::render) rubrique_slug: &'static str,
    pub(in crate::render) extract: String,
    /// The language of the extract, empty where it is not known, and its direction.
    pub(in crate::render) extract_lang: String,
    pub(in crate::render) extract_dir: &'static str,
    /// The language and direction of what the paper itself printed: an editor's headline may be in another.
    pub(in crate::render) own_lang: String,
    pub(in crate::render) own_dir: &'static str,
    pub(in crate::render) first_title: Option<String>,
    pub(in crate::render) reprints: Option<Reprints>,
    pub(in crate::render) others: Vec<Other>,
    /// `et 14 autres`, where it has more tellings than are listed.
    pub(in crate::render) others_left: Option<String>,
    /// What names it within a page: one number may have several items in the view by paper.
    pub(in crate::render) anchor: String,
    /// The headline the paper printed, where an editor wrote another one.
    pub(in crate::render) original_title: Option<String>,
    /// Words of the editors about it.
    pub(in crate::render) notes: Vec<Note>,
    /// `Même texte que …`, in the view by paper.
    pub(in crate::render) copy_of: Option<String>,
    /// The watchlists it met.
    pub(in crate::render) watchlists: Vec<String>,
    /// A licence the page states.
    pub(in crate::render) licence: Option<String>,
    #[serde(skip)]
    pub(in crate::render) published: Option<Published>,
    #[serde(skip)]
    pub(in crate::render) modified: Option<Published>,
}

/// Who printed the same text.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Reprints {
    /// `Repris par 3 titres`.
    pub(in crate::render) label: String,
    pub(in crate::render) names: Vec<String>,
}

/// Another telling of the event.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Other {
    pub(in crate::render) headline: Headline,
    pub(in crate::render) source: String,
    /// `Mis à jour`, where its text changed; `Arrivé après la clôture`, where it was late.
    pub(in crate::render) updated: Option<String>,
}

/// An article of a paper that stands under another paper's item.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Also {
    pub(in crate::render) headline: Headline,
    /// The item's number.
    pub(in crate::render) number: usize,
    /// `même texte, n° 3` or `même sujet, n° 3`.
    pub(in crate::render) link: String,
    /// `même texte que n° 3` or `même sujet que n° 3`.
    pub(in crate::render) how: String,
}

/// A way to another item of the same page.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Jump {
    pub(in crate::render) number: usize,
    /// `n° 3`.
    pub(in crate::render) numbered: String,
}

impl Pen<'_> {
    pub(super) fn item(&self, item: &EditionItem) -> Item {
        let labels = self.labels;
        let mut badges = Vec::new();
        badges.push(access(labels, item.access == Access::Subscribers || item.paywalled));
        badges.extend(item.opinion.then(|| labels.text("opinion").to_owned()));
        badges.extend(item.updated.then(|| labels.text("updated").to_owned()));
        badges.extend(item.late.then(|| labels.text("late").to_owned()));
        badges.extend(
            (item.rewritten && !item.extract.is_empty()).then(|| labels.text("rewritten").to_owned()),
        );
        badges.extend((item.front && item.noise > 0.0).then(|| {
            let noise = format!("{:.1}", item.noise).replace('.', &labels.decimal);
            labels.filled("noise_of", "n", &noise)
        }));
        let own = (item.language.as_ref(), item.direction);
        // One that would be left alone is listed.
        let shown = if item.others.len() == OTHERS + 1 { OTHERS + 1 } else { OTHERS };
        let others_left = item.others.len().checked_sub(shown).filter(|left| *left > 0);
        let of_editor = |ours: bool, words: &str| if ours { tongue(words, own.0, own.1) } else { own };
        let (title_in, title_runs) = of_editor(item.original_title.is_some(), &item.title);
        let (extract_in, extract_runs) = of_editor(item.rewritten, &item.extract);
        Item {
            number: item.number,
            numbered: self.numbered(item.number),
            id: item.article.to_string(),
            headline: Headline::new(&item.title, &item.url, title_in, title_runs),
            source: item.source_name.clone(),
            by: if item.authors.is_empty() { item.agencies.clone() } else { item.authors.clone() },
            date: self.date(item.published, item.seen),
            datetime: item.published.as_ref().map(Published::to_string),
            badges,
            rubrique: self.rubrique(item.rubrique),
            rubrique_slug: item.rubrique.slug(),
            extract: printed(&item.extract, extract_in),
            extract_lang: code(extract_in),
            extract_dir: super::dir(extract_runs),
            own_lang: code(own.0),
            own_dir: super::dir(own.1),
            first_title: item.first_title.as_deref().map(|first| printed(first, own.0)),
            reprints: self.reprints(&item.reprinted_by),
            others: item.others.iter().take(shown).map(|other| self.other(other)).collect(),
            others_left: others_left.map(|left| labels.count(left, "left")),
            anchor: format!("n{}", item.number),
            original_title: item.original_title.as_deref().map(|title| printed(title, own.0)),
            notes: item.notes.iter().map(|note| self.note(note)).collect(),
            copy_of: None,
            watchlists: item.watchlists.clone(),
            licence: item.licence.clone(),
            published: item.published,
            modified: item.modified,
        }
    }

    /// When it was published; of a page without a date, when it was read.
    fn date(&self, published: Option<Published>, seen: Option<Timestamp>) -> String {
        match (published, seen) {
            (None, Some(seen)) => {
                let day = self.labels.date(seen.to_zoned(self.zone.clone()).date());
                self.labels.filled("seen_on", "date", &day)
            }
            _ => self.labels.published(published, &self.zone),
        }
    }

    fn reprints(&self, names: &[String]) -> Option<Reprints> {
        let titles = self.labels.count(names.len(), "title");
        let label = self.labels.filled("reprinted_by", "titles", &titles);
        (!names.is_empty()).then(|| Reprints { label, names: names.to_vec() })
    }

    /// A line of a paper, with the item it stands under; `place` tells it from others of its number.
    pub(super) fn line(
        &self,
        (line, item): (&NewspaperLine, Option<&EditionItem>),
        paper: &str,
        place: usize,
    ) -> Item {
        let labels = self.labels;
        let language = line.language.as_ref();
        // What editors wrote, they wrote of the article that speaks for its story.
        let item = item.filter(|_| line.headline);
        let rewritten = item.is_some_and(|item| item.rewritten) && !line.extract.is_empty();
        let (extract_in, extract_runs) = if rewritten {
            tongue(&line.extract, language, line.direction)
        } else {
            (language, line.direction)
        };
        // A headline of the editors' stands here too, the paper's own beside it.
        let title = item.map_or(&line.title, |item| &item.title);
        let original = item.and_then(|item| item.original_title.as_deref());
        let (title_in, title_runs) = if original.is_some() {
            tongue(title, language, line.direction)
        } else {
            (language, line.direction)
        };
        let mut badges = vec![access(labels, line.access == Access::Subscribers)];
        badges.extend(line.updated.then(|| labels.text("updated").to_owned()));
        badges.extend(item.is_some_and(|item| item.opinion).then(|| labels.text("opinion").to_owned()));
        badges.extend(item.is_some_and(|item| item.late).then(|| labels.text("late").to_owned()));
        badges.extend(rewritten.then(|| labels.text("rewritten").to_owned()));
        Item {
            number: line.number,
            numbered: self.numbered(line.number),
            id: line.article.to_string(),
            headline: Headline::new(title, &line.url, title_in, title_runs),
            source: paper.to_owned(),
            by: if line.authors.is_empty() { line.agencies.clone() } else { line.authors.clone() },
            date: self.date(line.published, line.seen),
            datetime: line.published.as_ref().map(Published::to_string),
            badges,
            rubrique: self.rubrique(line.rubrique),
            rubrique_slug: line.rubrique.slug(),
            extract: printed(&line.extract, extract_in),
            extract_lang: code(extract_in),
            extract_dir: super::dir(extract_runs),
            own_lang: code(language),
            own_dir: super::dir(line.direction),
            first_title: None,
            reprints: None,
            others: Vec::new(),
            others_left: None,
            anchor: if line.headline { format!("n{}", line.number) } else { format!("l{place}") },
            original_title: original.map(|title| printed(title, language)),
            notes: item.iter().flat_map(|item| &item.notes).map(|note| self.note(note)).collect(),
            copy_of: line.copy_of.as_deref().map(|paper| labels.filled("copy_of", "paper", paper)),
            watchlists: item.map(|item| item.watchlists.clone()).unwrap_or_default(),
            licence: item.and_then(|item| item.licence.clone()),
            published: line.published,
            modified: None,
        }
    }

    pub(super) fn other(&self, other: &OtherTitle) -> Other {
        Other {
            headline: Headline::of_other(other),
            source: other.source_name.clone(),
            updated: match (other.late, other.updated) {
                (true, _) => Some(self.labels.text("late").to_owned()),
                (_, true) => Some(self.labels.text("updated").to_owned()),
                _ => None,
            },
        }
    }

    pub(super) fn jump(&self, number: usize) -> Jump {
        Jump { number, numbered: self.numbered(number) }
    }

    /// The heading of a rubrique: the edition's own, else the interface's.
    fn rubrique(&self, rubrique: Rubrique) -> String {
        let usual = || self.labels.rubrique(rubrique).to_owned();
        self.headings.get(rubrique.slug()).cloned().unwrap_or_else(usual)
    }
}

fn code(language: Option<&Language>) -> String {
    language.map(ToString::to_string).unwrap_or_default()
}

fn access(labels: &Labels, subscribers: bool) -> String {
    labels.text(if subscribers { "subscribers" } else { "free" }).to_owned()
}
