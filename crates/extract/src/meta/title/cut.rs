//! What is cut from a title: the site's name, the rubrique beside it, what browsers show in front.

use crate::text::{fold, squeeze};

/// Separators publishers put between a headline and their name.
const SEPARATORS: [&str; 12] =
    [" - ", " | ", " – ", " — ", " • ", " · ", " :: ", " » ", " / ", " < ", " > ", "| "];

/// Cuts the site's name from the end or the start of a title.
pub(crate) fn without_site(title: &str, outlets: &[String]) -> String {
    let mut title = squeeze(title);
    // `gazette.example Le port rouvre`: no separator is needed after a host's name.
    if let Some((host, rest)) = title.split_once(' ')
        && host.contains('.')
        && outlets.contains(&fold(host))
        && rest.chars().count() >= 10
    {
        title = rest.trim_start_matches([' ', ':', '|', '-', '–', '—']).to_owned();
    }
    for _ in 0..3 {
        let Some(cut) = SEPARATORS.iter().find_map(|sep| site_cut(&title, sep, outlets)) else { break };
        title = cut;
    }
    title
}

fn site_cut(title: &str, separator: &str, outlets: &[String]) -> Option<String> {
    let (head, tail) = title.rsplit_once(separator)?;
    if names_site(tail, outlets) && head.chars().count() >= 4 {
        return Some(head.trim().to_owned());
    }
    let (head, tail) = title.split_once(separator)?;
    (names_site(head, outlets) && tail.chars().count() >= 10).then(|| tail.trim().to_owned())
}

pub(super) fn names_site(part: &str, outlets: &[String]) -> bool {
    let folded = fold(part).replace(' ', "");
    folded.chars().count() >= 2
        && outlets.iter().any(|o| {
            let o = o.replace(' ', "");
            folded == o
                || (o.len() >= 4 && folded.contains(&o) && folded.len() < o.len() * 2 + 6)
                || (folded.len() >= 5 && o.contains(&folded))
        })
}

/// A title that stands in the `<title>` alone, cut from `whole`, without what browsers show beside it.
pub(super) fn bare<'t>(title: &'t str, whole: &str, outlets: &[String]) -> &'t str {
    without_rubrique(without_host(without_count(title), outlets), whole)
}

/// `Le port rouvre : gazette.example`
fn without_host<'t>(title: &'t str, outlets: &[String]) -> &'t str {
    let parts = title.rsplit_once(':').map(|(rest, host)| (rest.trim_end(), host.trim()));
    let is_host = |host: &str| host.contains('.') && outlets.contains(&fold(host));
    parts.filter(|(_, host)| is_host(host)).map_or(title, |(rest, _)| rest)
}

/// `(3) Le port rouvre`: how many messages wait is no part of a headline.
fn without_count(title: &str) -> &str {
    let rest = title.strip_prefix('(').and_then(|rest| rest.split_once(") "));
    rest.filter(|(count, _)| count.len() < 4 && count.bytes().all(|b| b.is_ascii_digit()))
        .map_or(title, |(_, rest)| rest)
}

/// `Le port rouvre ses quais - Économie - La Gazette`: between the headline and the site's name, parted alike from
/// both, stands the rubrique.
fn without_rubrique<'t>(title: &'t str, whole: &str) -> &'t str {
    let parted = |sign: &&&str| {
        let (head, tail) = title.rsplit_once(**sign)?;
        let is_label = tail.split_whitespace().count() <= 2 && tail.starts_with(char::is_uppercase);
        let in_chain = whole.contains(&format!("{tail}{sign}"));
        (is_label && in_chain && head.split_whitespace().count() >= 4).then_some(head)
    };
    SEPARATORS[..4].iter().find_map(|sign| parted(&sign)).unwrap_or(title)
}

/// Cuts what follows a bar where a declared title ends at the bar, or where more bars follow: `… | Section | Site`.
pub(super) fn without_tail(title: &str, stated: &[(String, &'static str)]) -> String {
    if let Some((head, tail)) = title.split_once(" | ") {
        let folded = fold(head);
        let is_chain = tail.contains(" | ") && head.split_whitespace().count() >= 3;
        if head.chars().count() >= 15 && (is_chain || stated.iter().any(|(text, _)| fold(text) == folded)) {
            return head.trim().to_owned();
        }
    }
    title.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: &str) {
        let outlets = [
            "l echo media".to_owned(),
            "echo-media".to_owned(),
            "echo example".to_owned(),
            "جريدة الساحل".to_owned(),
        ];
        assert_eq!(without_site(title, &outlets), expected);
    }

    #[test]
    fn site_names_are_cut() {
        check("Un titre - L'Écho Média", "Un titre");
        check("L'Écho Média | Un titre assez long", "Un titre assez long");
        check("عنوان طويل للخبر - جريدة الساحل", "عنوان طويل للخبر");
        check("Foot - Le match", "Foot - Le match");
        check("echo.example Un titre assez long", "Un titre assez long");
    }

    #[test]
    fn rubriques_and_counts_are_cut() {
        let check = |whole: &str, title: &str, expected: &str| {
            assert_eq!(without_rubrique(title, whole), expected, "{whole}");
        };
        let (head, tail) = ("Le port rouvre ses quais", "Le port rouvre ses quais - Économie");
        check("Le port rouvre ses quais - Économie - L'Écho", tail, head);
        check("Le port rouvre ses quais - Économie | L'Écho", tail, tail);
        check("Foot - Le match - L'Écho", "Foot - Le match", "Foot - Le match");
        assert_eq!(without_count("(3) Le port rouvre"), "Le port rouvre");
        assert_eq!(
            without_host("Le port rouvre : echo.example", &["echo example".to_owned()]),
            "Le port rouvre"
        );
        assert_eq!(without_count("(Bis) Le port rouvre"), "(Bis) Le port rouvre");
    }

    #[test]
    fn chains_of_bars_are_cut() {
        let check = |title: &str, expected: &str| assert_eq!(without_tail(title, &[]), expected, "{title}");
        check("Le port rouvre ses quais | Économie | Maroc", "Le port rouvre ses quais");
        check("Le port rouvre ses quais | Reportage", "Le port rouvre ses quais | Reportage");
    }
}
