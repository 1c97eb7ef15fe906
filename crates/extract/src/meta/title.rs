//! The headline: as printed, agreeing with what the page declares, without the site's name or the kicker.

mod cut;

use super::Evidence;
use super::kicker::{punctuated, without_kicker};
use crate::dom::Tag;
use crate::role::Roles;
use crate::text::{fold, squeeze};
use cut::{bare, names_site, without_tail};

pub(crate) use cut::without_site;

/// The chosen title, where it is printed, and the values not taken.
#[derive(Debug, Default)]
pub(crate) struct Title {
    pub(crate) text: Option<String>,
    pub(crate) from: &'static str,
    pub(crate) node: Option<usize>,
    pub(crate) kicker: Option<String>,
    pub(crate) others: Vec<(String, String)>,
}

/// A heading that holds more text, kicker and byline included, was not closed.
const MAX_HEADING_BYTES: usize = 2000;

/// What stands in such places is not the article's own.
const APART: Roles = Roles(Roles::COMMENTS.0 | Roles::NAV.0 | Roles::RELATED.0 | Roles::EDGE.0);

/// Chooses the title.
pub(crate) fn choose(evidence: &Evidence<'_, '_>) -> Title {
    let outlets = evidence.outlets;
    let stated = stated(evidence, outlets);
    let folded: Vec<String> = stated.iter().map(|(text, _)| fold(text)).collect();
    let printed = printed(evidence, &folded);
    let leading = leading(evidence, &printed).filter(|p| p.words() >= 3 || p.speaks_of(&folded));
    let sole = sole(&printed).filter(|p| p.words() >= 3 && p.speaks_of(&folded));
    let best = reprinted(evidence, &printed, &stated);
    let best = best.or_else(|| agreeing(&printed, &folded, leading.or(sole))).or(leading).or(sole);
    let mut out = Title {
        others: stated.iter().map(|(t, f)| (t.clone(), (*f).to_owned())).collect(),
        ..Title::default()
    };
    if let Some(candidate) = best {
        let (text, kicker) = without_kicker(&candidate.text, &candidate.runs, &stated);
        let (text, kicker) = punctuated(&candidate.runs, &text, &stated).unwrap_or((text, kicker));
        out.text = Some(without_tail(&without_site(&text, outlets), &stated));
        out.kicker = candidate.kicker.clone().or(kicker).or_else(|| kicker_beside(evidence, candidate));
        out.from = if candidate.tag == Tag::H1 { "h1" } else { "heading" };
        out.node = Some(candidate.node);
        return out;
    }
    // Nothing printed agrees: a single heading of the first rank is the headline, else what is declared.
    let alone: Vec<&Printed> = printed.iter().filter(|p| p.tag == Tag::H1).collect();
    let named: Vec<&Printed> = printed.iter().filter(|p| p.tag != Tag::H1 && p.words() >= 3).collect();
    if let (true, [only]) = (stated.is_empty() || is_home_title(&folded, outlets), alone.as_slice()) {
        out.text = Some(without_site(&only.text, outlets));
        out.from = "h1";
        out.node = Some(only.node);
    } else if let (true, [only]) = (is_home_title(&folded, outlets), named.as_slice()) {
        out.text = Some(only.text.clone());
        out.from = "heading";
        out.node = Some(only.node);
    } else if let Some((text, from)) = stated.iter().find(|(text, _)| !is_site(&fold(text), outlets)) {
        let whole = evidence.head.title.as_deref().filter(|_| *from == "title").unwrap_or_default();
        out.text = Some(bare(text, &squeeze(whole), outlets).to_owned());
        out.others.retain(|(other, _)| other != text);
        out.from = from;
        out.node = alone.first().map(|p| p.node);
    } else if let Some(hint) = &evidence.page.hint.title {
        out.text = Some(squeeze(hint)).filter(|t| !t.is_empty());
        out.from = "feed";
    }
    out
}

fn is_home_title(stated: &[String], outlets: &[String]) -> bool {
    stated.iter().all(|title| is_site(title, outlets))
}

/// Whether a title (folded) is the outlet's name and nothing else.
fn is_site(title: &str, outlets: &[String]) -> bool {
    let bare = title.replace(' ', "");
    outlets.iter().any(|name| name.replace(' ', "") == bare)
}

struct Printed {
    node: usize,
    tag: Tag,
    text: String,
    folded: String,
    /// A kicker in an element of its own inside the heading.
    kicker: Option<String>,
    /// The folded runs of text, to see where elements begin.
    runs: Vec<String>,
}

impl Printed {
    fn words(&self) -> usize {
        self.folded.split(' ').count()
    }

    /// Whether a declared title has a word of some length of this one.
    fn speaks_of(&self, stated: &[String]) -> bool {
        stated.iter().any(|text| shared(&self.folded, text) > 0)
    }
}

/// The heading that says what the page declares, the first declaration weighing most. `first` heads the text.
fn agreeing<'p>(
    printed: &'p [Printed],
    stated: &[String],
    first: Option<&'p Printed>,
) -> Option<&'p Printed> {
    let mut best: Option<(f32, &Printed)> = None;
    for candidate in printed {
        let scores = stated.iter().enumerate().map(|(rank, text)| {
            let score = likeness(&candidate.folded, text);
            (score, score - 0.04 * rank.min(4) as f32)
        });
        let (raw, score) = scores.fold((0.0, 0.0), |a: (f32, f32), b| (a.0.max(b.0), a.1.max(b.1)));
        let own = if candidate.tag == Tag::H1 { 0.15 } else { 0.0 };
        if raw > 0.5 && best.as_ref().is_none_or(|(best, _)| score + own > *best + 0.01) {
            best = Some((score + own, candidate));
        }
    }
    // A heading of the text may be nearer to the declared words than the headline itself.
    let heading = best.filter(|(score, c)| c.tag != Tag::H1 && *score < 0.9).is_some();
    let first = first.filter(|p| heading && p.words() >= 3 && p.speaks_of(stated));
    // Where a declared title holds both, the later one is the site's.
    let later = |h1: &Printed, other: &Printed| {
        let places = |text: &String| Some((text.find(&h1.folded)?, text.find(&other.folded)?));
        stated.iter().filter_map(places).any(|(h1, other)| h1 >= other)
    };
    let first = first.filter(|h1| best.is_none_or(|(_, other)| !later(h1, other)));
    first.or(best.map(|(_, candidate)| candidate))
}

/// The heading of a lower rank that heads the text and says what is declared word for word: a first rank beside it is
/// one for search engines or for a bar that follows the reader.
fn reprinted<'p>(
    evidence: &Evidence<'_, '_>,
    printed: &'p [Printed],
    stated: &[(String, &'static str)],
) -> Option<&'p Printed> {
    let same = |p: &&Printed| {
        let (text, _) = without_kicker(&p.text, &p.runs, stated);
        let folded = fold(&text);
        let mut firm = stated.iter().filter(|(_, from)| matches!(*from, "json-ld" | "og:title"));
        p.tag == Tag::H2 && p.words() >= 4 && firm.any(|(title, _)| fold(title) == folded)
    };
    let mut found = printed.iter().filter(same);
    let only = found.next()?;
    let repeats_first = printed.iter().any(|p| p.tag == Tag::H1 && p.folded == only.folded);
    if repeats_first || found.any(|p| p.folded != only.folded) {
        return None;
    }
    let (mut before, mut after) = (0, 0);
    for block in evidence.blocks.list.iter().filter(|b| b.is_prose()) {
        *(if block.from < only.node { &mut before } else { &mut after }) += block.chars;
    }
    (!evidence.above[only.node].has(APART) && before * 4 <= after).then_some(only)
}

/// The page's only heading of the first rank.
fn sole(printed: &[Printed]) -> Option<&Printed> {
    let mut firsts = printed.iter().filter(|p| p.tag == Tag::H1);
    let only = firsts.next()?;
    firsts.all(|p| p.folded == only.folded).then_some(only)
}

/// The heading of the first rank under which most of the page's prose stands.
fn leading<'p>(evidence: &Evidence<'_, '_>, printed: &'p [Printed]) -> Option<&'p Printed> {
    let own = |b: &&crate::block::Block| b.is_prose() && !evidence.above[b.from].has(APART);
    let firsts: Vec<&Printed> = printed.iter().filter(|p| p.tag == Tag::H1).collect();
    let mut under = vec![0; firsts.len() + 1];
    for block in evidence.blocks.list.iter().filter(own) {
        under[firsts.partition_point(|p| p.node <= block.from)] += block.chars;
    }
    let total: usize = under.iter().sum();
    let at = (0..firsts.len()).find(|&at| 2 * under[at + 1] > total)?;
    Some(firsts[at]).filter(|p| !names_site(&p.text, evidence.outlets))
}

/// How many words of some length two texts share.
fn shared(a: &str, b: &str) -> usize {
    let other: Vec<&str> = b.split(' ').collect();
    a.split(' ').filter(|w| w.chars().count() > 3 && other.contains(w)).count()
}

/// Headings that may be the headline, in order: all of rank one, and others near a title's name.
fn printed(evidence: &Evidence<'_, '_>, stated: &[String]) -> Vec<Printed> {
    let mut out = Vec::new();
    for (i, node) in evidence.dom.nodes.iter().enumerate() {
        let fits = match node.tag {
            Tag::H1 => true,
            Tag::H2 | Tag::H3 => out.len() < 12,
            Tag::Div | Tag::P | Tag::Span => evidence.roles[i].has(Roles::TITLE) && out.len() < 12,
            _ => false,
        };
        if !fits || evidence.above[i].has(Roles(Roles::COMMENTS.0 | Roles::NAV.0)) && node.tag != Tag::H1 {
            continue;
        }
        if leads_home(evidence, i) {
            continue;
        }
        let Some((text, kicker, runs)) = read_heading(evidence, i, stated) else { continue };
        if (4..=400).contains(&text.len()) && out.len() < 40 {
            let folded = fold(&text);
            out.push(Printed { node: i, tag: node.tag, text, folded, kicker, runs });
        }
    }
    out
}

/// A heading's text, whole where the publisher declares it so, else without a kicker and the parts that tell of date and author set in elements of their own.
fn read_heading(
    evidence: &Evidence<'_, '_>,
    heading: usize,
    stated: &[String],
) -> Option<(String, Option<String>, Vec<String>)> {
    let dom = evidence.dom;
    let whole = dom.text_start(heading, MAX_HEADING_BYTES);
    if whole.len() > MAX_HEADING_BYTES {
        return None;
    }
    let whole = squeeze(&crate::text::unescape(&whole));
    if stated.contains(&fold(&whole)) {
        let texts = dom.nodes[heading..dom.nodes[heading].end].iter().filter(|n| n.tag == Tag::Text);
        let runs = texts.map(|n| fold(&crate::text::unescape(n.text))).filter(|run| !run.is_empty());
        return Some((whole, None, runs.collect()));
    }
    let whole_chars = whole.chars().count();
    let (mut kicker, mut skip, mut runs, mut text) = (None, 0, Vec::new(), String::new());
    for i in heading + 1..dom.nodes[heading].end {
        if i < skip {
            continue;
        }
        let node = &dom.nodes[i];
        let role = evidence.roles[i];
        if node.tag != Tag::Text && role.has(Roles(Roles::KICKER.0 | Roles::BYLINE.0 | Roles::HIDDEN.0)) {
            let part = dom.text(i);
            if part.chars().count() * 2 <= whole_chars {
                let named = role.has(Roles::KICKER) && kicker.is_none() && !part.is_empty();
                kicker = kicker.or(Some(part).filter(|_| named));
                skip = node.end;
                // A sign for those who listen parts the headline for those who read it here.
                let sign = dom.text(i);
                if sign.trim().chars().all(|c| c.is_ascii_punctuation()) {
                    text.truncate(text.trim_end().len());
                    text.push_str(sign.trim());
                }
                text.push(' ');
                continue;
            }
        }
        if node.tag == Tag::Text {
            text.push_str(node.text);
            runs.push(fold(node.text));
        } else if node.block == i || node.tag == Tag::Br {
            text.push(' ');
        }
    }
    runs.retain(|run| !run.is_empty());
    let text = squeeze(&crate::text::unescape(&text));
    Some((text.trim_start_matches([':', '|', '-', '–', ' ']).to_owned(), kicker, runs))
}

/// A short line beside the headline in an element named for kickers.
fn kicker_beside(evidence: &Evidence<'_, '_>, headline: &Printed) -> Option<String> {
    let near = headline.node.saturating_sub(24)..evidence.dom.nodes[headline.node].end + 8;
    let lines = evidence.blocks.list.iter().filter(|b| near.contains(&b.from) && b.chars < 60);
    let named = |b: &&crate::block::Block| {
        evidence.above[b.from].has(Roles::KICKER) && !evidence.dom.is_within(b.from, headline.node)
    };
    lines.filter(named).find(|b| fold(&b.text) != headline.folded).map(|b| b.text.clone())
}

/// Whether a heading is the site's name linked to its home page.
fn leads_home(evidence: &Evidence<'_, '_>, heading: usize) -> bool {
    let dom = evidence.dom;
    let inside = (heading..dom.nodes[heading].end).take(8);
    let around = dom.ancestors(heading).take(3);
    let is_home = |href: &str| {
        evidence.base.join(href.trim()).is_ok_and(|url| {
            url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.host() == evidence.url.host()
        })
    };
    evidence.url.path() != "/"
        && inside
            .chain(around)
            .any(|i| dom.nodes[i].tag == Tag::A && dom.nodes[i].attr("href").is_some_and(is_home))
}

/// What the page declares as its title, best first, site names cut.
fn stated(evidence: &Evidence<'_, '_>, outlets: &[String]) -> Vec<(String, &'static str)> {
    let declared = evidence.declared;
    let is_article =
        declared.types.iter().any(|t| !matches!(t.as_str(), "WebPage" | "ItemPage" | "CreativeWork"));
    let mut out: Vec<(String, &'static str)> = Vec::new();
    if is_article {
        out.extend(declared.headline.clone().map(|h| (h, "json-ld")));
    }
    for name in ["og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title"] {
        out.extend(evidence.head.meta_of(&[name]));
    }
    out.extend(evidence.head.title.clone().map(|t| (t, "title")));
    for (text, _) in &mut out {
        *text = without_site(text, outlets);
    }
    out.retain(|(text, _)| !text.is_empty());
    out
}

/// 1 for the same words, high where one contains the other, else the share of common words.
fn likeness(a: &str, b: &str) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    if a == b {
        return 1.0;
    }
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if long.contains(short) && short.len() >= 12 {
        return 0.6 + 0.4 * short.len() as f32 / long.len() as f32;
    }
    let words: Vec<&str> = a.split(' ').collect();
    let other: Vec<&str> = b.split(' ').collect();
    let common = words.iter().filter(|w| other.contains(w)).count();
    if words.len() < 3 {
        return 0.0;
    }
    2.0 * common as f32 / (words.len() + other.len()) as f32 * 0.95
}
