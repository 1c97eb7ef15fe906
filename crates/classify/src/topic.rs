//! The IPTC Media Topic of an article: its rubrique's, or another where the rubrique holds what IPTC keeps apart.
//!
//! *Faits divers* are crimes (02) and disasters (03), *International* is diplomacy (11), wars (16) and disasters. Words
//! of each are counted, those of the headline thrice; where none is met, or two are level, the rubrique's topic stands.

use kiosque_model::Rubrique;

use crate::fold::{fold, words};

const CRIME: &str = "02000000";
const DISASTER: &str = "03000000";
const WAR: &str = "16000000";
/// Words after the headline that are looked at: what an article is about stands at its head.
const LEAD_WORDS: usize = 80;
const HEADLINE: usize = 3;

/// Beginnings of words by topic: French, English, Spanish, then Arabic without its article.
const STEMS: [(&str, &str); 3] = [
    (
        CRIME,
        "meurtr assassin homicid poignard braquag cambriol vol viol escroc arnaqu arrestation interpell garde tribunal \
         prison proces condamn trafi drogue cannabis agress police gendarm enquet murder kill arrest police court jail \
         trial robber fraud rape drug stab gunman asesin detenid policia juicio carcel robo droga قتل جريم اعتقال توقيف \
         ايقاف شرط محكم سجن سرق مخدرات اغتصاب درك نصب",
    ),
    (
        DISASTER,
        "inond crue seism tremblement incend accident naufrag crash collision explos effondr ouragan cyclon erupt avalanch \
         tsunami noyad noye deraill glissement sinistr flood earthquake quake wildfire blaze shipwreck collapse hurricane \
         landslide derail drown terremot inundacion incendi accident naufrag huracan erupcion derrumb زلزال هز فيضان سيول \
         حريق حرائق حادث حوادث غرق انهيار انفجار اعصار بركان",
    ),
    (
        WAR,
        "guerr frapp missile bombard drone offensiv treve cessez otage militair raid war airstrike missile ceasefire troop \
         shelling hostage guerra misil bombardeo tregua حرب غار قصف صاروخ صواريخ هدن هجوم رهائن مسير",
    ),
];

/// The topic of an article of a rubrique, eight digits.
pub(crate) fn topic(rubrique: Rubrique, title: &str, text: &str) -> &'static str {
    let among: &[&str] = match rubrique {
        Rubrique::FaitsDivers => &[CRIME, DISASTER],
        Rubrique::International => &[WAR, DISASTER],
        _ => return rubrique.iptc(),
    };
    let mut counts = [0; STEMS.len()];
    let mut count = |word: &str, weight: usize| {
        let word = fold(word);
        let bare =
            ["وال", "بال", "لل", "ال"].iter().find_map(|article| word.strip_prefix(article)).unwrap_or(&word);
        for ((topic, stems), count) in STEMS.iter().zip(&mut counts) {
            if among.contains(topic) && stems.split_ascii_whitespace().any(|stem| bare.starts_with(stem)) {
                *count += weight;
            }
        }
    };
    words(title).for_each(|(_, word)| count(word, HEADLINE));
    words(text).take(LEAD_WORDS).for_each(|(_, word)| count(word, 1));
    let most = counts.iter().max().copied().unwrap_or_default();
    let mut best = STEMS.iter().zip(&counts).filter(|(_, count)| **count == most && most > 0);
    match (best.next(), best.next()) {
        (Some(((topic, _), _)), None) => topic,
        _ => rubrique.iptc(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disasters_and_wars_have_topics_of_their_own() {
        for (rubrique, title, expected) in [
            (
                Rubrique::FaitsDivers,
                "Inondations à Safi : trois morts et des dizaines de familles évacuées",
                DISASTER,
            ),
            (Rubrique::FaitsDivers, "زلزال بقوة خمس درجات يهز إقليم الحوز", DISASTER),
            (Rubrique::FaitsDivers, "Un homme poignardé à Rabat, deux suspects interpellés", CRIME),
            (Rubrique::FaitsDivers, "توقيف شخصين بتهمة السرقة في فاس", CRIME),
            (Rubrique::FaitsDivers, "Le quartier s’inquiète", CRIME),
            (Rubrique::International, "Frappes sur la capitale malgré la trêve", WAR),
            (Rubrique::International, "Le Premier ministre reçu à Lisbonne", "20000638"),
            (Rubrique::Sport, "Accident au départ de la course", "15000000"),
        ] {
            assert_eq!(topic(rubrique, title, ""), expected, "{title}");
        }
    }
}
