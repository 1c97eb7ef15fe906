//! What an edition says beside its items: notes, corrections, mentions, the lead's thread, watchlists, formulas.

use kiosque_model::{Direction, Edition, EditorNote, Formula, Timeline};
use serde::Serialize;

use super::super::typography;
use super::{Headline, Pen};
use crate::compose::direction_of;
use crate::look::Labels;

/// A text with its direction and whose it is.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Note {
    /// The item it is about, where it is about one.
    #[serde(skip)]
    pub(in crate::render) number: Option<usize>,
    /// Who wrote it or what it is called; may be empty.
    pub(in crate::render) who: String,
    pub(in crate::render) text: String,
    pub(in crate::render) dir: &'static str,
}

/// A formula the edition was ranked or measured by.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Measure {
    pub(in crate::render) name: String,
    /// In letters and signs that run from left to right.
    pub(in crate::render) formula: String,
    /// What its letters stand for and what each part weighs, in the words of the interface.
    pub(in crate::render) terms: String,
}

/// How the lead story came about.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Thread {
    pub(in crate::render) title: String,
    pub(in crate::render) dir: &'static str,
    pub(in crate::render) moments: Vec<Moment>,
}

/// An article of a thread.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Moment {
    pub(in crate::render) at: String,
    pub(in crate::render) headline: Headline,
    pub(in crate::render) source: String,
    /// `Reprise` or `Mis à jour`.
    pub(in crate::render) badges: Vec<String>,
}

/// A watchlist and how much of the day's noise it made.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Watch {
    pub(in crate::render) name: String,
    /// `12 articles`.
    pub(in crate::render) articles: String,
    /// `3,4 %`, as its language writes it.
    pub(in crate::render) share: String,
}

impl Pen<'_> {
    pub(super) fn note(&self, note: &EditorNote) -> Note {
        self.said(note.who.clone(), &note.text)
    }

    /// Words of the house: nobody says their language, and where they run as the interface does they are set as it is.
    fn said(&self, who: String, words: &str) -> Note {
        let direction = direction_of(words);
        let ours = direction == self.labels.direction && self.labels.code == "fr";
        let text = if ours { typography::glued(words) } else { words.to_owned() };
        Note { number: None, who, text, dir: super::dir(direction) }
    }
}

pub(super) fn window(edition: &Edition, pen: &Pen<'_>) -> Option<String> {
    let window = edition.window?;
    let moment = |at| pen.labels.moment(at, &pen.zone);
    let text = pen.labels.text("window");
    Some(text.replace("{from}", &moment(window.from)).replace("{until}", &moment(window.until)))
}

pub(super) fn errata(edition: &Edition, pen: &Pen<'_>) -> Vec<Note> {
    let sentence = |erratum: &kiosque_model::Erratum| {
        let template = match erratum.kind.as_str() {
            "retitle" => "erratum_change",
            "extract" => "erratum_extract",
            "drop" => "erratum_drop",
            "withdraw" => "erratum_withdraw",
            "mode" => "erratum_mode",
            _ => return None,
        };
        let named = |text: &str| match erratum.kind.as_str() {
            "mode" => pen.labels.text(&format!("mode_{text}")).to_owned(),
            _ => text.to_owned(),
        };
        let before = named(erratum.before.as_deref().unwrap_or_default());
        let text = named(&erratum.text);
        // A headline that spells a place to fill is not filled itself.
        let filled = |part: &str| part.replace("{text}", &text);
        Some(pen.labels.text(template).split("{before}").map(filled).collect::<Vec<_>>().join(&before))
    };
    let all = edition.errata.iter().map(|erratum| {
        let number = erratum.number;
        let who = number.map(|number| pen.numbered(number)).unwrap_or_default();
        match sentence(erratum) {
            // A sentence of the interface, whatever it quotes.
            Some(text) => Note { number, who, text, dir: super::dir(pen.labels.direction) },
            None => Note { number, ..pen.said(who, &erratum.text) },
        }
    });
    all.collect()
}

pub(super) fn mentions(edition: &Edition, labels: &Labels) -> Vec<String> {
    let licence = edition.law.licence.as_ref();
    let licence = licence.map(|licence| format!("{}{}{licence}", labels.text("licence"), labels.colon));
    licence.into_iter().chain(edition.law.mentions.iter().cloned()).collect()
}

pub(super) fn timeline(edition: &Edition, pen: &Pen<'_>) -> Option<Thread> {
    // Of articles that all came out on one day, nobody knows when, there is nothing to follow.
    let day = |at: jiff::Timestamp| at.to_zoned(pen.zone.clone()).date();
    let tells = |timeline: &&Timeline| {
        let moments = &timeline.moments;
        let known = moments.iter().any(|moment| moment.hour_known || day(moment.at) != day(moments[0].at));
        moments.len() > 1 && known
    };
    let timeline = edition.timeline.as_ref().filter(tells)?;
    let moments = timeline.moments.iter().map(|moment| {
        let mut badges = Vec::new();
        badges.extend(moment.copy.then(|| pen.labels.text("reprint").to_owned()));
        badges.extend(moment.updated.then(|| pen.labels.text("updated").to_owned()));
        let day = || pen.labels.date(moment.at.to_zoned(pen.zone.clone()).date());
        Moment {
            at: if moment.hour_known { pen.labels.moment(moment.at, &pen.zone) } else { day() },
            headline: Headline::new(&moment.title, &moment.url, moment.language.as_ref(), moment.direction),
            source: moment.source_name.clone(),
            badges,
        }
    });
    Some(Thread {
        title: pen.said(String::new(), &timeline.title).text,
        dir: super::dir(timeline.direction),
        moments: moments.collect(),
    })
}

pub(super) fn watchlists(edition: &Edition, labels: &Labels) -> Vec<Watch> {
    let all = edition.watchlists.iter().map(|watchlist| Watch {
        name: watchlist.name.clone(),
        articles: labels.count(watchlist.articles, "article"),
        share: labels.percent(watchlist.percent),
    });
    all.collect()
}

pub(super) fn formulas(edition: &Edition, labels: &Labels) -> Vec<Measure> {
    let right_to_left = labels.direction == Direction::Rtl;
    let printed = |name: &str, formula: &Formula| {
        let named = |name: &str| match name.strip_prefix("outlet ") {
            Some(outlet) => labels.filled("weight_outlet", "outlet", outlet),
            None => labels.text(&format!("weight_{name}")).to_owned(),
        };
        let weights: Vec<_> = formula
            .weights
            .iter()
            .map(|(name, weight)| {
                let weight = weight.to_string().replace('.', &labels.decimal).replace('-', "−");
                // A sign stays before its number.
                let weight = if right_to_left { format!("\u{2066}{weight}\u{2069}") } else { weight };
                format!("{} = {weight}", named(name))
            })
            .collect();
        let mut terms = labels.text(&format!("{name}_terms")).to_owned();
        if !weights.is_empty() {
            let between = if right_to_left { "؛ " } else { "; " };
            terms = format!("{terms} ({})", weights.join(between));
        }
        Measure {
            name: labels.text(name).to_owned(),
            formula: labels.text(&format!("{name}_formula")).to_owned(),
            terms,
        }
    };
    let ranking = edition.ranking.iter().map(|formula| printed("ranking", formula));
    let noise = edition.noise.iter().map(|formula| printed("noise", formula));
    ranking.chain(noise).collect()
}
