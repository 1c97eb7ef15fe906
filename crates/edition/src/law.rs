//! The guard between an edition and its readers: nothing leaves that breaks a rule.
//!
//! [`in_mode`] makes of a stored edition what is distributed in a mode (`revue`, `panorama`, `liens`) and then tries
//! every rule on every item. What is composed by itself keeps the rules; what an editor wrote, what a source's rights
//! became since, and what the pipeline's file lacks may break them. Then nothing is distributed, and every item is told
//! with its rule.

use std::collections::BTreeMap;
use std::fmt;

use kiosque_model::{Edition, EditionItem, EditionState, LawTerms, Mode, NewspaperLine, Rights, SourceId};

use crate::EditionSpec;
use crate::compose::{licensed_limit, limit, words};

/// A rule of the law or of a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Title, source, author (or agency, or the source itself), date and link stand on every item.
    Mentions,
    /// A source that forbids it never appears.
    Forbidden,
    /// Nothing is quoted of a source that granted nothing.
    NoQuote,
    /// Nothing is quoted where text and data mining is reserved, unless the pipeline says otherwise.
    Reserved,
    /// An extract has at most so many words.
    Words,
    /// An extract has at most this share of its article.
    Share,
    /// At most this share of a publication is printed.
    Publication,
    /// A panorama carries the mention of its licence.
    Licence,
}

impl Rule {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mentions => "mentions",
            Self::Forbidden => "forbidden",
            Self::NoQuote => "no-quote",
            Self::Reserved => "tdm-reserved",
            Self::Words => "extract-words",
            Self::Share => "extract-share",
            Self::Publication => "share-of-publication",
            Self::Licence => "licence-mention",
        }
    }
}

/// A rule that an edition breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// The number of the item, and its headline; `None` for the edition.
    pub item: Option<(usize, String)>,
    /// What is wrong, with the values.
    pub why: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            Some((number, title)) => write!(f, "item {number} « {title} »: ")?,
            None => f.write_str("edition: ")?,
        }
        write!(f, "{}: {}", self.rule.name(), self.why)
    }
}

/// The edition as it is distributed in `mode`, and its breaches where it has any.
///
/// `rights` are those of the sources today; a source it does not name has those the edition was built with.
///
/// # Errors
/// Every breach of every rule, by item.
pub fn in_mode(
    edition: &Edition,
    mode: Mode,
    spec: &EditionSpec,
    rights: &BTreeMap<SourceId, Rights>,
) -> Result<Edition, Vec<Breach>> {
    let mut edition = edition.clone();
    let law = &spec.law;
    edition.law.mode = mode;
    edition.law.licence.clone_from(&law.licence);
    edition.law.mentions.clone_from(&law.mentions);
    edition.law.extract_words = spec.extract_words;
    edition.law.extract_share = spec.extract_share;
    edition.law.max_share_of_publication =
        if mode == Mode::Panorama { law.max_share_of_publication } else { 1.0 };
    take_rights(&mut edition, rights);
    // How an extract read before and after was kept once; it is no longer told.
    for erratum in edition.errata.iter_mut().filter(|erratum| erratum.kind == "extract") {
        erratum.before = None;
        erratum.text.clear();
    }
    if mode == Mode::Panorama {
        fill_shares(&mut edition);
    }
    for item in edition.items_mut() {
        item.licensed_text = None;
        if mode == Mode::Liens {
            item.extract.clear();
        }
    }
    settle_newspapers(&mut edition, spec);
    let breaches = breaches(&edition, spec);
    if breaches.is_empty() { Ok(edition) } else { Err(breaches) }
}

/// The mode an edition is distributed in where nobody asks for one: the one it went out in, else its pipeline's.
#[must_use]
pub fn usual_mode(edition: &Edition, spec: &EditionSpec) -> Mode {
    if edition.state == EditionState::Published { edition.law.mode } else { spec.law.mode }
}

fn take_rights(edition: &mut Edition, rights: &BTreeMap<SourceId, Rights>) {
    for item in edition.items_mut() {
        item.rights = rights.get(&item.source).copied().unwrap_or(item.rights);
        // What stands below an item is told by title alone; a source that forbids it goes without harm.
        let forbids = |source: &SourceId, built: Rights| {
            rights.get(source).copied().unwrap_or(built) == Rights::Forbidden
        };
        item.others.retain(|other| !forbids(&other.source, other.rights));
        // Older editions know those who reprinted by name alone.
        let known = !item.reprints.is_empty();
        item.reprints.retain(|reprint| !forbids(&reprint.source, Rights::Quote));
        if known {
            item.reprinted_by = item.reprints.iter().map(|r| r.source_name.clone()).collect();
        }
    }
    for source in &mut edition.sources {
        source.rights = rights.get(&source.id).copied().unwrap_or(source.rights);
    }
    if let Some(timeline) = &mut edition.timeline {
        timeline.moments.retain(|moment| rights.get(&moment.source) != Some(&Rights::Forbidden));
    }
    for section in &mut edition.sections {
        section.more.retain(|more| rights.get(&more.source) != Some(&Rights::Forbidden));
    }
    for paper in &mut edition.newspapers {
        paper.rights = rights.get(&paper.source).copied().unwrap_or(paper.rights);
    }
    unname(edition, rights);
}

/// Takes the papers that forbid any use out of what is counted and of whom others copied.
fn unname(edition: &mut Edition, rights: &BTreeMap<SourceId, Rights>) {
    let forbids = |id: &str| rights.iter().any(|(of, given)| of.0 == id && *given == Rights::Forbidden);
    let sources = edition.sources.extract_if(.., |source| source.rights == Rights::Forbidden);
    let mut names: Vec<_> = sources.map(|source| source.name).collect();
    let counted = edition.coverage.sources.extract_if(.., |share| forbids(&share.id));
    names.extend(counted.map(|share| share.label));
    for share in &mut edition.coverage.rubriques {
        share.of.retain(|id, _| !forbids(id));
    }
    for line in edition.newspapers.iter_mut().flat_map(|paper| &mut paper.lines) {
        line.copy_of.take_if(|name| names.contains(name));
    }
}

/// Words of a publication that may still be printed.
fn rooms(edition: &Edition) -> BTreeMap<SourceId, usize> {
    let share = edition.law.max_share_of_publication;
    // Cut down, so that the share is never exceeded.
    edition.sources.iter().map(|s| (s.id.clone(), (s.words as f64 * share) as usize)).collect()
}

/// Prints of each publication what its share allows, best ranked items first: of as many as find room the short extract,
/// then of those a licence covers its longer text instead; the rest is told by title and link. What an editor wrote is left
/// to the guard.
fn fill_shares(edition: &mut Edition) {
    let mut rooms = rooms(edition);
    for item in edition.items().filter(|item| item.rewritten) {
        let room = rooms.entry(item.source.clone()).or_default();
        *room = room.saturating_sub(words(&item.extract));
    }
    let mut items: Vec<_> = edition.items_mut().filter(|item| !item.rewritten).collect();
    items.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.number.cmp(&b.number)));
    for item in &mut items {
        let room = rooms.entry(item.source.clone()).or_default();
        match room.checked_sub(words(&item.extract)) {
            Some(left) => *room = left,
            None => item.extract.clear(),
        }
    }
    for item in items.into_iter().filter(|item| item.rights == Rights::Licensed) {
        let Some(longer) = item.licensed_text.take() else { continue };
        let room = rooms.entry(item.source.clone()).or_default();
        if let Some(left) = (*room + words(&item.extract)).checked_sub(words(&longer)) {
            *room = left;
            item.extract = longer;
        }
    }
}

/// Brings the view by paper in line with the items, and counts what is quoted.
fn settle_newspapers(edition: &mut Edition, spec: &EditionSpec) {
    let extracts: BTreeMap<_, _> =
        edition.items().map(|item| (item.article.clone(), item.extract.clone())).collect();
    let lead = edition.timeline.as_ref().map(|timeline| timeline.number);
    let lead = edition.items().find(|item| Some(item.number) == lead).map(|item| item.title.clone());
    if let (Some(timeline), Some(title)) = (&mut edition.timeline, lead) {
        timeline.title = title;
    }
    let shown: std::collections::BTreeSet<_> = edition.items().map(|item| item.number).collect();
    let revue = edition.law.mode == Mode::Revue;
    for paper in &mut edition.newspapers {
        let grants = |line: &NewspaperLine| match paper.rights {
            Rights::Licensed => revue,
            Rights::Quote => revue && !is_reserved(line.tdm_reserved, spec),
            Rights::None | Rights::Forbidden => false,
        };
        paper.lines.retain(|line| shown.contains(&line.number));
        for line in &mut paper.lines {
            match extracts.get(&line.article).filter(|_| line.headline) {
                Some(extract) => line.extract.clone_from(extract),
                // Nobody but the house wrote these lines: one too long for today's rules goes, and its title stays.
                None if !grants(line) || !fits(&line.extract, line.words, &edition.law) => {
                    line.extract.clear();
                }
                None => {}
            }
        }
    }
    edition.newspapers.retain(|paper| paper.rights != Rights::Forbidden && !paper.lines.is_empty());
    let mut quoted: BTreeMap<SourceId, usize> = BTreeMap::new();
    for item in edition.items() {
        *quoted.entry(item.source.clone()).or_default() += words(&item.extract);
    }
    for source in &mut edition.sources {
        source.quoted_words = quoted.get(&source.id).copied().unwrap_or(0);
    }
}

/// Whether a publisher's reservation of text and data mining stands against quoting.
fn is_reserved(reserved: Option<bool>, spec: &EditionSpec) -> bool {
    reserved == Some(true) && !spec.law.quote_reserved
}

/// Whether an extract of a text of `of` words (0 where nobody counted) keeps within both bounds.
fn fits(extract: &str, of: usize, law: &LawTerms) -> bool {
    let quoted = words(extract);
    quoted <= law.extract_words && (of == 0 || quoted <= limit(of, law.extract_words, law.extract_share))
}

fn breaches(edition: &Edition, spec: &EditionSpec) -> Vec<Breach> {
    let mut breaches = Vec::new();
    if edition.law.mode == Mode::Panorama && edition.law.licence.as_ref().is_none_or(|l| l.trim().is_empty())
    {
        let why = "a panorama must carry the mention of its licence; the pipeline gives none (`law.licence`)";
        breaches.push(Breach { rule: Rule::Licence, item: None, why: why.to_owned() });
    }
    for item in edition.items() {
        for (rule, why) in of_item(item, edition, spec) {
            breaches.push(Breach { rule, item: Some((item.number, item.title.clone())), why });
        }
    }
    breaches.extend(of_publications(edition));
    breaches
}

fn of_item(item: &EditionItem, edition: &Edition, spec: &EditionSpec) -> Vec<(Rule, String)> {
    let mut broken = Vec::new();
    let lacking = lacking(item);
    if !lacking.is_empty() {
        broken.push((Rule::Mentions, format!("it lacks {}", lacking.join(", "))));
    }
    let source = &item.source_name;
    let quoted = words(&item.extract);
    match item.rights {
        Rights::Forbidden => broken.push((Rule::Forbidden, format!("`{source}` forbids any use"))),
        Rights::None if quoted > 0 => {
            broken.push((Rule::NoQuote, format!("`{source}` grants no extract, {quoted} words stand")));
        }
        Rights::None | Rights::Quote | Rights::Licensed => {}
    }
    let reserved = is_reserved(item.tdm_reserved, spec);
    if reserved && quoted > 0 && item.rights == Rights::Quote {
        broken.push((
            Rule::Reserved,
            format!("`{source}` reserves text and data mining, {quoted} words stand"),
        ));
    }
    let (mut most_words, mut most) =
        (spec.extract_words, limit(item.words, spec.extract_words, spec.extract_share));
    if edition.law.mode == Mode::Panorama && item.rights == Rights::Licensed {
        let law = &spec.law;
        most_words = most_words.max(law.panorama_words);
        most = most.max(licensed_limit(item.words, law.panorama_words, law.panorama_share));
    }
    if quoted > most_words {
        broken.push((Rule::Words, format!("its extract has {quoted} words, {most_words} are the limit")));
    }
    // An article without a text of its own (a video) has nothing to take a share of.
    if item.words > 0 && quoted > most && most < most_words {
        let why =
            format!("its extract has {quoted} of the article's {} words, {most} are the limit", item.words);
        broken.push((Rule::Share, why));
    }
    broken
}

fn lacking(item: &EditionItem) -> Vec<&'static str> {
    let web = item.url.starts_with("https://") || item.url.starts_with("http://");
    let mentions = [
        ("its title", !item.title.trim().is_empty()),
        // Who did not sign is not invented: the paper answers for what it prints unsigned.
        ("its source", !item.source_name.trim().is_empty()),
        ("its date", item.published.is_some() || item.seen.is_some()),
        ("its link", web),
    ];
    mentions.into_iter().filter(|(_, there)| !there).map(|(what, _)| what).collect()
}

fn of_publications(edition: &Edition) -> Vec<Breach> {
    let share = edition.law.max_share_of_publication;
    if share >= 1.0 {
        return Vec::new();
    }
    let rooms = rooms(edition);
    let over = edition.sources.iter().filter(|s| s.quoted_words > rooms.get(&s.id).copied().unwrap_or(0));
    over.flat_map(|source| {
        let percent = share * 100.0;
        let why = format!(
            "{} of the {} words `{}` published are printed, {percent:.0} % are the limit",
            source.quoted_words, source.words, source.name
        );
        let items = edition.items().filter(|i| i.source == source.id && !i.extract.is_empty());
        items.map(move |item| Breach {
            rule: Rule::Publication,
            item: Some((item.number, item.title.clone())),
            why: why.clone(),
        })
    })
    .collect()
}
