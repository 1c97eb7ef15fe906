//! Names of authors: persons are told from outlets, desks, agencies, roles and addresses; lists are split.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::agencies::agency;
use super::undated;
use crate::text::{fold, squeeze};

/// What a byline holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) persons: Vec<String>,
    pub(crate) agencies: Vec<String>,
}

/// Words (folded) that make a name a desk, an outlet or a role.
const NOT_PERSONS: &str = "صحفي صحفية صحافي صحافية كاتبة مراسلة محررة \
    redaction redaktion redaccion redazione redacao redactie desk staff editor editors editorial newsroom \
    news team equipe equipo admin administrator webmaster journaliste correspondant correspondent agence \
    agency agencies agences agencias agenturen service magazine journal media medias press presse rtl tv \
    radio web com www http https writer contributor contributors guest invite partner partenaire communique \
    sponsored author auteur unknown null undefined none na anonymous user reporter reporters columnist by \
    from updated published publie mis jour read lire partager share comments commentaires minutes min \
    heures hours ago follow suivre more plus articles profile view online digital group groupe inc ltd gmbh \
    corporation university universite ministere association collectif institute institut foundation council \
    committee department board newspaper times post gazette tribune herald facebook twitter \
    instagram linkedin email subscribe newsletter monde zeitung \
    politique economie sport culture societe international تحرير التحرير هيئة جريدة صحيفة موقع وكالة وكالات \
    مراسل محرر قسم شبكة قناة بوابة كتاب ادمن الاخبار اخبار فريق متابعة متابعات خاص الموقع سياسة \
    رياضة فن اقتصاد مجلة نيوز ابوظبي القاهرة الرياض دبي بيروت عمان الرباط الدوحة بغداد دمشق الجزائر تونس \
    خدمة المركز مركز جامعة الصورة صورة فيديو image images foto fotos photo photos bild bilder video videos \
    getty imago symbolbild kategorie kategorien rubrik kommentar interview category categories methodology \
    welle deutsche expert experts reviewer manager director officer founder ceo analyst specialist \
    coordinator marketing development astrologer gardener hebdo newsdesk symbolfoto archiv archives blog \
    website site contact posts articles stand letzte zuletzt my our your in how what why when where which \
    this that these those und oder mit fur nach ein eine einen einem their his her its is are was and for \
    to with best top guide all new last next home dans sur pour notre nos votre vos cette ces tous toutes \
    direction copyright credit credits legende caption abonne abonnes premium alle uhr datum date tags \
    topics store shop team's official committee's senior chief correspondents chronique dossier podcast \
    editeur rubrique categorie 记者 编辑 编辑部 新华社 人民网 作者 courant \
    parti syndicat communiste comite ligue mouvement scholar former certified attorney facebook google link \
    checked visited bureau stagiaire publireportage مراسلنا مراسلتنا مراسلونا القسم success impact name required anonimo anonyme anonym feuerwehr abteilung kitchens financial autor autorin autors nachrichten veroffentlicht erschienen zur person beitrag hinterlasse tests volontar volontarin rebloggt travel construction trial enviado especial inhalte doc resources";

/// Articles: at the start they name no person, inside a name they are particles (`Van der Fort`).
const ARTICLES: [&str; 6] = ["der", "die", "das", "the", "les", "het"];

static NOT_PERSON_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| NOT_PERSONS.split_whitespace().collect());
static GIVEN_NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("../../data/given_names.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(fold).collect()
});
static OPENING_PHRASES: LazyLock<Vec<&str>> = LazyLock::new(|| OPENINGS.split('|').map(str::trim).collect());

/// What a byline opens with, folded, longest first.
const OPENINGS: &str = "source | المصدر | عن | this post was written by | this article was written by | cet article a ete ecrit par | dieser artikel wurde verfasst von | \
    article by | alles von | mehr artikel von | autorenseite von | gepostet von | gepruft von | texte par | about | about the author | \
    veroffentlicht von | eingestellt von | geschrieben von | erstellt von | verfasst von | artikel von | \
    alle posts vom autor | autorin autor | autoren | autores | blog beitrag von | ein beitrag von | beitrag von | foto und text | interview | und interview | uber | signe | article par | ein artikel von | \
    contributors | guest author | gastautor | gastautorin | auteur invite | auteure | \
    publie le par | post by | posts by | author by | publicado por | redactado por | escribe | redactor | redactora | \
    redaktor | verfasser | dr de | propos recueillis | recueillis par | entretien realise par | entretien | \
    责编 | 责任编辑 | 记者 | 作者 | 文 | ecrit par | redige par | publie par | propos recueillis par | recueilli par | article de | texte de | \
    texte | un article de | une enquete de | traduit par | avec | par | de notre correspondant | \
    written by | posted by | published by | reported by | authored by | story by | words by | by | from | \
    von | vom | ein gastbeitrag von | eine analyse von | ein kommentar von | por | texto | escrito por | \
    di | a cura di | door | av | af | text | autor | autorin | author | auteur | authors | auteurs | \
    author name | بقلم | كتب | كتبت | كتبه | كتابة | اعداد | تحرير | حرر | الكاتب | محرر | المحرر | حرره | حررته | حوار | \
    ترجمة | تقرير | تغطية | د | م | ا";

/// Titles before a name, folded.
const HONORIFICS: &str = "dr med phil pr prof professor mr mrs ms mme me m sir د الدكتور دكتور دكتورة الدكتورة المهندس الاستاذ استاذ الشيخ";

/// Reads the names in a byline. `outlets` are folded names of the site, which sign nothing.
pub(crate) fn read(text: &str, outlets: &[String]) -> Signed {
    let mut out = Signed::default();
    let text = squeeze(&text.replace(['\u{A0}', '\u{202F}'], " "));
    if text.chars().count() > 220 || text.contains("http") && !text.contains(' ') {
        return out;
    }
    // `أ.ف.ب` opens like a title of honour.
    if let Some(name) = agency(&fold(&text)) {
        out.agencies.push(name.to_owned());
        return out;
    }
    let body = without_opening(&text);
    // Only an agency is thanked by initials: `Avec APM`.
    let is_credit = ["avec ", "with ", "source ", "مع "].iter().any(|cue| fold(&text).starts_with(cue));
    for piece in pieces(body) {
        let raw = fold(piece);
        let whole = without_opening(piece.trim_matches(is_edge));
        let piece = without_role(undated::without_day(without_honorific(whole)));
        let folded = fold(piece);
        let names = [raw.as_str(), &fold(whole), &folded];
        let known = names.into_iter().find_map(agency);
        if let Some(name) = known {
            push(&mut out.agencies, name.to_owned());
        } else if is_credit && is_acronym(piece) && !outlets.contains(&folded) {
            push(&mut out.agencies, piece.to_owned());
        } else if is_person(piece, &folded, outlets) && !(is_common(piece) && follows_name(&out)) {
            push(&mut out.persons, recased(piece));
        }
    }
    out
}

/// Whether a full name was read: after one a common word says what the person is (`Rim Alami, urbaniste`), elsewhere it
/// may be how somebody signs.
fn follows_name(signed: &Signed) -> bool {
    signed.persons.iter().any(|name| name.contains(' '))
}

fn is_common(piece: &str) -> bool {
    piece.starts_with(char::is_lowercase) && !piece.contains(' ') && !is_given_name(&fold(piece))
}

/// Initials in capitals: `APM`.
pub(crate) fn is_acronym(name: &str) -> bool {
    (3..=6).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase())
}

fn push(list: &mut Vec<String>, name: String) {
    let folded = fold(&name);
    if list.len() < 12 && list.iter().all(|n| fold(n) != folded) {
        list.push(name);
    }
}

fn is_edge(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '.' | ')')
}

/// Cuts a byline at commas, conjunctions, bars, bullets.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = vec![text];
    for separator in [
        ",",
        ";",
        "|",
        "/",
        "•",
        "·",
        "–",
        "—",
        "\n",
        "،",
        " - ",
        " et ",
        " and ",
        " avec ",
        " with ",
        " und ",
        " y ",
        " e ",
        " & ",
        " و ",
        " och ",
        " en ",
        " mit ",
        " Y ",
        " ET ",
        " AND ",
        " for ",
        " pour ",
        " @ ",
        " on behalf of ",
        "(",
        ")",
        "、",
        "؛",
    ] {
        if text.contains(separator) {
            out = out.into_iter().flat_map(|piece| piece.split(separator)).collect();
        }
    }
    // `Rim Alami in Sport`: where it was filed belongs to no name.
    let filed = |piece: &'_ str| {
        piece.find(" in ").filter(|&at| piece[..at].contains(' ') && has_given_name(&piece[..at]))
    };
    out.into_iter()
        .flat_map(conjoined)
        .map(|piece| filed(piece.trim_start()).map_or(piece, |at| &piece.trim_start()[..at]))
        .collect()
}

/// Two names joined by the Arabic `و`, which is written with the word it joins: `أحمد علي ومحمود حسن`.
fn conjoined(text: &str) -> Vec<&str> {
    let joins = |at: &usize| {
        let (before, after) = (text[..*at].trim(), &text[at + " و".len()..]);
        before.contains(' ') && after.contains(' ') && has_given_name(before) && has_given_name(after)
    };
    match text.match_indices(" و").map(|(at, _)| at).find(joins) {
        Some(at) => vec![&text[..at], &text[at + " و".len()..]],
        None => vec![text],
    }
}

/// Cuts what introduces a name: `Par`, `Rédigé par`, `بقلم`, with a colon or not.
fn without_opening(text: &str) -> &str {
    let mut rest = text.trim_matches(is_edge);
    for _ in 0..2 {
        let folded = fold(rest);
        let cut = OPENING_PHRASES
            .iter()
            .filter(|o| folded.strip_prefix(**o).is_some_and(|r| r.starts_with(' ')))
            .max_by_key(|o| o.len());
        let Some(opening) = cut else { break };
        // A one-letter opening is an abbreviation of a title only before a stop or a slash.
        let words = opening.split(' ').count();
        let mut at = rest;
        for _ in 0..words {
            at = at.trim_start_matches(|c: char| !c.is_alphanumeric());
            at = at.trim_start_matches(|c: char| {
                c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{652}')
            });
        }
        if opening.chars().count() == 1 && !at.trim_start().starts_with(['.', '/', ':']) {
            break;
        }
        rest = at.trim_matches(is_edge).trim_start_matches('.').trim_start();
    }
    rest
}

fn without_honorific(text: &str) -> &str {
    let mut text = text;
    for _ in 0..3 {
        let Some((first, rest)) = text.split_once([' ', '.']) else { break };
        if !HONORIFICS.split(' ').any(|h| h == fold(first)) || !rest.trim().contains(' ') {
            break;
        }
        text = rest.trim_matches(is_edge).trim_start_matches('.').trim();
    }
    text
}

/// A name without a role after it: `Celeste Roy Gardener`.
fn without_role(name: &str) -> &str {
    let mut name = name;
    while name.split_whitespace().count() > 2 {
        let Some((head, last)) = name.trim_end().rsplit_once(char::is_whitespace) else { break };
        if !NOT_PERSON_WORDS.contains(fold(last).as_str()) {
            break;
        }
        name = head.trim_end_matches(is_edge);
    }
    name
}

/// Whether a piece is a person's name by its form.
fn is_person(name: &str, folded: &str, outlets: &[String]) -> bool {
    let words: Vec<&str> = folded.split(' ').filter(|w| !w.is_empty()).collect();
    let chars = name.chars().count();
    let Some(first) = words.first() else { return false };
    let given = is_given_name(first);
    let han = (2..=4).contains(&chars) && name.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    if OPENING_PHRASES.contains(&folded) || ARTICLES.contains(first) || name.starts_with("à ") {
        return false;
    }
    // `Le Matin`, `L’Express`: a family name that opens so has a given name before it.
    if matches!(*first, "le" | "la" | "l") && name.starts_with('L') && words.len() <= 3 {
        return false;
    }
    if words.len() > if given { 7 } else { 6 } || chars > 60 || chars < if given { 3 } else { 4 } && !han {
        return false;
    }
    if name.contains(['@', '#', '?', '!', '“', '«', '%', '=', '{', ':', '_'])
        || name.contains("://")
        || name.chars().any(char::is_numeric)
    {
        return false;
    }
    if words.iter().any(|w| NOT_PERSON_WORDS.contains(w) || w.ends_with("admin")) {
        return false;
    }
    // A person's own site is called like the person.
    let is_own = |o: &String| if given { o.replace(' ', "") == folded } else { is_outlet(folded, o) };
    if !(given && words.len() > 1) && outlets.iter().any(is_own) {
        return false;
    }
    if words.iter().any(|w| w.len() > 2 && agency(w).is_some()) {
        return false;
    }
    has_the_form(name, &words) || han
}

/// Whether letters and capitals are those of a name.
fn has_the_form(name: &str, words: &[&str]) -> bool {
    // Initials sign for a desk; a name has at least one word of some length.
    if !name.chars().any(|c| c.is_ascii_alphabetic()) {
        return (2..=if is_given_name(words[0]) { 6 } else { 5 }).contains(&words.len());
    }
    if words.iter().map(|w| w.chars().count()).max() < Some(3) {
        return false;
    }
    if words.len() > 1 && !name.contains([' ', '-', '\'', '’']) && !is_initialled(name) {
        return false;
    }
    let capitals = name
        .split_whitespace()
        .filter(|w| w.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase))
        .count();
    let shouts = name.chars().all(|c| !c.is_lowercase());
    if let [only] = words {
        let initials = shouts && only.chars().count() <= 6;
        return !initials && !name.contains('.');
    }
    // `MDR THÜRINGEN`: letters to spell, not to say.
    let spelt = shouts && words[0].len() <= 4 && !words[0].contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let lower = name.chars().all(|c| !c.is_uppercase()) && words.len() <= 3;
    !spelt && (capitals * 2 >= name.split_whitespace().count() || lower)
}

/// `J.Bouquet`: an initial and a family name without a space between them.
fn is_initialled(name: &str) -> bool {
    let family =
        |rest: &str| rest.chars().count() >= 3 && rest.chars().all(|c| c.is_alphabetic() || c == '-');
    name.split_once('.').is_some_and(|(initial, rest)| {
        initial.chars().count() == 1
            && initial.starts_with(char::is_uppercase)
            && rest.starts_with(char::is_uppercase)
            && family(rest)
    })
}

/// Whether every word of a printed name is capitalised but its particles: `Ana de la Cruz`, never `Posted on`.
pub(crate) fn is_capitalised(name: &str) -> bool {
    const PARTICLES: [&str; 26] = [
        "de", "del", "della", "des", "di", "da", "dos", "du", "d", "la", "las", "los", "le", "von", "vom",
        "van", "der", "den", "ter", "zu", "zur", "y", "e", "el", "al", "bin",
    ];
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_small = |w: &str| w.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase);
    let last = words.len().saturating_sub(1);
    words.iter().enumerate().all(|(i, word)| {
        let particle = PARTICLES.contains(&fold(word).as_str())
            || word.starts_with(['d', 'l']) && word.contains(['\'', '’']);
        let leads =
            i == 0 && matches!(fold(word).as_str(), "la" | "le" | "y" | "e" | "las" | "los" | "des" | "der");
        !is_small(word) || (particle && (i < last || word.contains(['\'', '’'])) && !leads)
    })
}

/// Whether a name opens with a given name we know.
pub(crate) fn has_given_name(name: &str) -> bool {
    let folded = fold(name);
    folded.split(' ').next().is_some_and(is_given_name)
}

/// Whether a folded word is a given name of the languages of our press.
pub(crate) fn is_given_name(word: &str) -> bool {
    GIVEN_NAMES.contains(word)
}

fn is_outlet(folded: &str, outlet: &str) -> bool {
    let squashed = folded.replace(' ', "");
    let other = outlet.replace(' ', "");
    other.len() >= 3
        && (squashed == other
            || (other.len() >= 6 && squashed.contains(&other))
            || (squashed.len() >= 6 && other.contains(&squashed)))
}

/// `MOHAMED ALI` as `Mohamed Ali`; other spellings are kept.
fn recased(name: &str) -> String {
    let name = name.trim_matches(|c: char| is_edge(c) || c == '.');
    let shouting = name.chars().filter(|c| c.is_alphabetic()).count() > 5
        && name.chars().all(|c| !c.is_lowercase())
        && name.is_ascii();
    if !shouting {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len());
    let mut start = true;
    for c in name.chars() {
        if start {
            out.push(c);
        } else {
            out.extend(c.to_lowercase());
        }
        start = !c.is_alphabetic();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, persons: &[&str], agencies: &[&str]) {
        let outlets = [fold("L'Écho Média"), fold("Le180")];
        let signed = read(text, &outlets);
        assert_eq!(
            (signed.persons, signed.agencies),
            (
                persons.iter().map(ToString::to_string).collect(),
                agencies.iter().map(ToString::to_string).collect()
            ),
            "{text}"
        );
    }

    #[test]
    fn tells_persons_from_the_rest() {
        check("Rédigé par Mohamed Ait Serrane", &["Mohamed Ait Serrane"], &[]);
        check("Par Salma El Idrissi et Youssef Naciri", &["Salma El Idrissi", "Youssef Naciri"], &[]);
        check("Le180 avec MAP", &[], &["MAP"]);
        check("Rédaction avec AFP", &[], &["AFP"]);
        check("L'Écho Média", &[], &[]);
        check("RG", &[], &[]);
        check("contact@a.example", &[], &[]);
        check("بقلم: د. خالد السلاوي", &["خالد السلاوي"], &[]);
        check("كتبت شيماء السلاوي", &["شيماء السلاوي"], &[]);
        check("By Jane O'Neill, Staff Writer", &["Jane O'Neill"], &[]);
        check("Par Rim Alami, urbaniste", &["Rim Alami"], &[]);
        check("Von Jörg Müller und Anna-Lena Groß", &["Jörg Müller", "Anna-Lena Groß"], &[]);
        check("Por María de la Cruz", &["María de la Cruz"], &[]);
        check("هيئة التحرير", &[], &[]);
        check("APM", &[], &[]);
        check("Avec APM", &[], &["APM"]);
        check("Agence", &[], &[]);
        check("وكالة", &[], &[]);
        check("Rédigé par", &[], &[]);
        check("حرره", &[], &[]);
        check("APM Mardi", &[], &[]);
        check("Mardi", &[], &[]);
        check("Rim Daoudi-Castel, Mercredi", &["Rim Daoudi-Castel"], &[]);
        check("Rim Daoudi-Castel · mercredi", &["Rim Daoudi-Castel"], &[]);
        check("سعاد المرنيسي الحلوي الأربعاء", &["سعاد المرنيسي الحلوي"], &[]);
        check("Susan Freitag", &["Susan Freitag"], &[]);
        check("Plácido Domingo", &["Plácido Domingo"], &[]);
        check("https://www.facebook.com/x", &[], &[]);
        check("", &[], &[]);
        check("Celeste Roy Gardener", &["Celeste Roy"], &[]);
        check("MDR THÜRINGEN", &[], &[]);
        check("Image: Getty Images", &[], &[]);
        check("Fouzia Van der Fort", &["Fouzia Van der Fort"], &[]);
        check("Die Zeitung", &[], &[]);
        check("大渡 美咲", &["大渡 美咲"], &[]);
        check("Prof. Dr. med. Jens Vogt", &["Jens Vogt"], &[]);
        check("jens.vogt", &[], &[]);
        check("J.Castel avec agences", &["J.Castel"], &[]);
        check("Ein Artikel von Paula Vogt", &["Paula Vogt"], &[]);
        check("Le Matin", &[], &[]);
        check("L’Express", &[], &[]);
        check("Marine Le Goff", &["Marine Le Goff"], &[]);
        check("Maghreb Arabe Presse", &[], &["MAP"]);
        check("هسبريس - أ.ف.ب", &[], &["AFP"]);
        check("(د.ب.أ)", &[], &["dpa"]);
        check("المصدر: الأناضول", &[], &["Anadolu"]);
        check("Source : AFP", &[], &["AFP"]);
        check("وكالة المغرب العربي للأنباء", &[], &["MAP"]);
        check("وكالة الأناضول", &[], &["Anadolu"]);
        check("Bureau de Rabat", &[], &[]);
        check("القسم الرياضي", &[], &[]);
        check("مراسلنا من وجدة", &[], &[]);
        check("Jean Dupont (à Paris) et Marie Curie (à Lyon)", &["Jean Dupont", "Marie Curie"], &[]);
        check("أحمد علي ومحمود حسن", &["أحمد علي", "محمود حسن"], &[]);
        check("تصوير: كريم بناني", &[], &[]);
    }

    #[test]
    fn a_persons_site_is_called_like_the_person() {
        let outlets = [fold("Brett Larkin Yoga"), fold("brettlarkin"), fold("Le Phare")];
        assert_eq!(read("Brett Larkin", &outlets).persons, ["Brett Larkin"]);
        assert_eq!(read("Le Phare", &outlets).persons, [""; 0]);
        assert_eq!(read("Larkin Yoga", &outlets).persons, [""; 0]);
    }

    #[test]
    fn printed_names_are_capitalised() {
        let check = |name: &str, expected: bool| assert_eq!(is_capitalised(name), expected, "{name}");
        check("Ana de la Cruz", true);
        check("Jean d’Ormesson", true);
        check("Posted on", false);
        check("Modifié le", false);
        check("le Dr Vergès", false);
        check("سعاد المرنيسي", true);
    }
}
