//! News agencies: their names, and where a text says that it is theirs.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Evidence;
use super::names::{Signed, read};
use crate::block::Shape;
use crate::text::fold;

/// News agencies, folded, with the name we print.
const AGENCIES: &str = "afp=AFP | agence france presse=AFP | map=MAP | maghreb arabe presse=MAP | aps=APS | tap=TAP | ap=AP | \
    associated press=AP | the associated press=AP | reuters=Reuters | thomson reuters=Reuters | efe=EFE | \
    dpa=dpa | apa=APA | ansa=ANSA | belga=Belga | xinhua=Xinhua | anadolu=Anadolu | \
    agence anadolu=Anadolu | aa=Anadolu | bloomberg=Bloomberg | europa press=Europa Press | \
    pa media=PA Media | press association=PA Media | keystone sda=Keystone-SDA | sda=Keystone-SDA | \
    ats=Keystone-SDA | sid=SID | tass=TASS | sputnik=Sputnik | upi=UPI | petra=Petra | wam=WAM | spa=SPA | \
    qna=QNA | kuna=KUNA | ا ف ب=AFP | اف ب=AFP | فرانس برس=AFP | وكالة فرانس برس=AFP | رويترز=Reuters | \
    و م ع=MAP | ومع=MAP | agence map=MAP | agence marocaine de presse=MAP | وكالة المغرب العربي للانباء=MAP | \
    anadolu agency=Anadolu | وكالة الاناضول=Anadolu | سبوتنيك=Sputnik | وكالة رويترز=Reuters | شينخوا=Xinhua | \
    وكالة الانباء الجزائرية=APS | وكالة الانباء السعودية=SPA | وكالة الانباء الالمانية=dpa | افي=EFE | \
    بترا=Petra | وام=WAM | الاناضول=Anadolu | واس=SPA | د ب ا=dpa";

static AGENCY_NAMES: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| AGENCIES.split('|').filter_map(|pair| pair.trim().split_once('=')).collect());

/// The agency a name (folded) stands for, as we print it.
pub(crate) fn agency(folded: &str) -> Option<&'static str> {
    AGENCY_NAMES.get(folded).copied()
}

/// The agencies the text is of by its first line or its last ones, and by which.
pub(crate) fn of_text(
    evidence: &Evidence<'_, '_>,
    body: (usize, usize),
) -> Option<(Vec<String>, &'static str)> {
    if let Some(agency) = datelined(evidence, body) {
        return Some((vec![agency.to_owned()], "dateline"));
    }
    let signed = closing(evidence, body);
    (!signed.is_empty()).then_some((signed, "signature"))
}

/// The agency the text's first line is datelined with.
fn datelined(evidence: &Evidence<'_, '_>, (first, last): (usize, usize)) -> Option<&'static str> {
    let line = evidence.blocks.list.iter().find(|b| (first..=last).contains(&b.from))?;
    dateline(&line.text)
}

/// The agencies that sign below the text, or at the end of its last line: `Avec AFP`, `… a conclu le ministre. (AFP)`.
fn closing(evidence: &Evidence<'_, '_>, (first, last): (usize, usize)) -> Vec<String> {
    /// Lines of the text, and after it, that may hold a signature.
    const WITHIN: usize = 2;
    const AFTER: usize = 3;
    const MAX_WORDS: usize = 6;
    const MAX_TAIL_CHARS: usize = 40;
    const OF_PICTURES: [&str; 8] = ["photo", "credit", "image", "picture", "foto", "video", "صوره", "ph "];
    let list = &evidence.blocks.list;
    let end = list.partition_point(|block| block.from <= last);
    let lines = &list[end.saturating_sub(WITHIN)..(end + AFTER).min(list.len())];
    let own = lines.iter().filter(|b| b.from >= first && b.shape != Shape::Caption);
    let signed = own.filter(|b| !evidence.is_foreign(b.owner, last)).find_map(|block| {
        let text = block.text.trim();
        let tail = || {
            let inner = text.trim_end_matches('.').strip_suffix([')', ']'])?.rsplit(['(', '[']).next()?;
            (inner.len() < text.len() && inner.chars().count() <= MAX_TAIL_CHARS).then_some(inner)
        };
        let is_short = text.split_whitespace().count() <= MAX_WORDS;
        let whole = is_short && !OF_PICTURES.iter().any(|word| block.folded().starts_with(word));
        let candidates = [whole.then_some(text), tail()];
        let read = |text| read(text, evidence.outlets);
        let is_signature = |signed: &Signed| signed.persons.is_empty() && !signed.agencies.is_empty();
        candidates.into_iter().flatten().map(read).find(is_signature)
    });
    signed.map(|signed| signed.agencies).unwrap_or_default()
}

/// The agency that a text is datelined with: `RABAT, 3 fév. (MAP) – …`, `الرباط (و م ع) - …`. Latin letters are capitals
/// there or spell the whole name.
fn dateline(text: &str) -> Option<&'static str> {
    let start: String = text.chars().take(80).collect();
    let (before, rest) = start.split_once('(')?;
    let (inner, after) = rest.split_once(')')?;
    let opens = after.trim_start().starts_with(['-', '–', '—', ':']) || before.trim().is_empty();
    let place = before.split_whitespace().count() <= 6 && !before.contains('.')
        || before.chars().any(char::is_numeric);
    let letters = |c: &char| c.is_ascii_lowercase();
    let spelt = inner.chars().filter(letters).count() == 0 || inner.chars().count() > 4;
    let name = agency(&fold(inner.trim()))?;
    (opens && place && spelt).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agency_datelines_its_dispatch() {
        for (text, agency) in [
            ("RABAT, 3 fév. 2026 (MAP) – Le marché", Some("MAP")),
            ("(AFP) - Le marché", Some("AFP")),
            ("الرباط - (و م ع) - السوق", Some("MAP")),
            ("واشنطن (رويترز) - السوق", Some("Reuters")),
            ("Le marché (AP) est ouvert", None),
            ("Ils ont vu le plan (map) - rien de plus", None),
        ] {
            assert_eq!(dateline(text), agency, "{text}");
        }
    }
}
