//! The direction and language of each block, for pages that mix scripts.
//!
//! Direction comes from a block's own letters, as HTML's `dir="auto"` takes it from the first: here from most of them,
//! since a French paragraph may open with an Arabic name. It is stated wherever a body has right-to-left lines, so that
//! it can be set anywhere. Language is stated where it is declared on an element of the body, where a line is in another
//! script than most of the body, and where a long line is in another language than the long lines around it.

use crate::block::{Block, Shape};
use crate::dom::{Dom, Tag};

/// A line of fewer letters in another script is a name rather than a text in another language.
const MIN_LETTERS: usize = 25;

/// A line of fewer letters is not told from the body's language in one script: names and quotes mislead.
const LONG_LETTERS: usize = 100;

/// What a block's element says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tongue {
    /// `rtl` or `ltr`, where it has to be said.
    pub(super) dir: Option<&'static str>,
    /// The language, ISO 639-1 or as declared.
    pub(super) lang: Option<String>,
}

/// Letters of a text: right-to-left, others.
fn letters(text: &str) -> (usize, usize) {
    text.chars().filter(|c| is_letter(*c)).fold((0, 0), |(rtl, ltr), c| {
        if matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}') {
            (rtl + 1, ltr)
        } else {
            (rtl, ltr + 1)
        }
    })
}

/// Whether a character is a letter, the most frequent told without tables.
fn is_letter(c: char) -> bool {
    match c {
        '\u{0}'..='\u{7F}' => c.is_ascii_alphabetic(),
        '\u{620}'..='\u{64A}' => true,
        '\u{A0}' | '\u{2000}'..='\u{206F}' => false,
        _ => c.is_alphabetic(),
    }
}

/// The tongues of a body's blocks.
pub(super) fn of<'b>(dom: &Dom<'_>, blocks: impl Iterator<Item = &'b Block>) -> Vec<Tongue> {
    let counted: Vec<(&Block, (usize, usize))> = blocks.map(|b| (b, letters(&b.text))).collect();
    let is_rtl = |(rtl, ltr): (usize, usize)| rtl > ltr;
    let all = counted.iter().fold((0, 0), |a, (_, b)| (a.0 + b.0, a.1 + b.1));
    let any = counted.iter().any(|(_, n)| is_rtl(*n));
    let latin = |b: &Block, n: (usize, usize)| {
        (n.0 == 0 && n.1 >= LONG_LETTERS && b.is_prose() && b.shape != Shape::Item)
            .then(|| detected(&b.text))
            .flatten()
    };
    let long: Vec<Option<&str>> = counted.iter().map(|(b, n)| latin(b, *n)).collect();
    let most =
        long.iter().flatten().max_by_key(|a| long.iter().flatten().filter(|b| b == a).count()).copied();
    counted
        .into_iter()
        .zip(&long)
        .map(|((block, n), long)| {
            let dir = any.then_some(if is_rtl(n) { "rtl" } else { "ltr" });
            let foreign = is_rtl(n) != is_rtl(all) && n.0 + n.1 >= MIN_LETTERS;
            let found = if foreign { detected(&block.text) } else { long.filter(|lang| Some(*lang) != most) };
            let lang = declared(dom, block.owner).or_else(|| found.map(str::to_owned));
            Tongue { dir, lang }
        })
        .collect()
}

/// The language an element of the body declares.
fn declared(dom: &Dom<'_>, owner: usize) -> Option<String> {
    let inside = |n: &usize| !matches!(dom.nodes[*n].tag, Tag::Body | Tag::Html);
    let near = dom.ancestors(owner).take(12).take_while(inside);
    let value = near.filter_map(|n| dom.nodes[n].attr("lang")).next()?;
    let is_tag =
        (2..=12).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_tag.then(|| value.to_ascii_lowercase())
}

fn detected(text: &str) -> Option<&'static str> {
    use whichlang::Lang;
    Some(match whichlang::detect_language(text) {
        Lang::Ara => "ar",
        Lang::Fra => "fr",
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Deu => "de",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &[(Option<&str>, Option<&str>)]) {
        let html = scraper::Html::parse_document(html);
        let dom = Dom::new(&html);
        let blocks = crate::block::Blocks::new(&dom);
        let tongues = of(&dom, blocks.list.iter());
        let said: Vec<_> = tongues.iter().map(|t| (t.dir, t.lang.as_deref())).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn mixed_bodies_say_which_way_each_line_runs() {
        check("<p>Rien à dire ici.", &[(None, None)]);
        check("<p>Rien à dire<p lang=en-GB>Nothing", &[(None, None), (None, Some("en-gb"))]);
        check(
            "<p>أعلنت الحكومة المغربية عن برنامج جديد للدعم في جميع المدن.<p>Le gouvernement a annoncé un programme",
            &[(Some("rtl"), None), (Some("ltr"), Some("fr"))],
        );
        let french = "Le gouvernement a annoncé mardi un programme d'aide aux communes rurales du pays, dont le coût \
                      dépasse neuf milliards de dirhams sur cinq ans.";
        let english = "The minister told reporters that the programme would be paid for by the sale of land, and that \
                       nobody should expect higher taxes before the next election.";
        check(
            &format!("<p>{french}<p>{english}<p>{french}"),
            &[(None, None), (None, Some("en")), (None, None)],
        );
    }
}
