//! A look tried before an edition depends on it.
//!
//! Invariant: every expression of the templates the binary carries is reached here, so that one a house misspells in its
//! own is told when the look is read and not when the edition is due.

use kiosque_model::{Edition, EditionItem, Language};

use super::html::PageLink;
use super::mail::Envelope;
use super::{render_mail, render_page, render_with};
use crate::format::MESSAGE_TITLES;
use crate::look::{LANGUAGES, Logo, Look};
use crate::{EditionError, Format, GroupBy};

/// Tries every format, grouping and language of a look on invented editions: one that has one of everything, one of before
/// papers were kept, an empty one.
///
/// # Errors
/// As [`render_with`].
pub fn prove(look: &Look) -> Result<(), EditionError> {
    for language in LANGUAGES.iter().filter_map(|(code, _)| Language::from_tag(code)) {
        for edition in &mut samples()? {
            edition.language = language.clone();
            for by in [GroupBy::Rubrique, GroupBy::Source] {
                for format in Format::built() {
                    render_with(look, edition, format, by)?;
                }
            }
        }
    }
    prove_rest(look)
}

/// What only some houses, pages and messages have: a logo, an imprint, a site around the page, a list to leave.
fn prove_rest(look: &Look) -> Result<(), EditionError> {
    let mut adorned = look.clone();
    adorned.branding.imprint = "12, rue du Port".to_owned();
    adorned.branding.site = "https://revue.example/".to_owned();
    adorned.branding.logo.get_or_insert_with(|| Logo {
        name: "logo.svg".to_owned(),
        text: "Un phare".to_owned(),
        bytes: br#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"#.to_vec(),
    });
    let link = PageLink { label: "Hier".to_owned(), href: "hier.html".to_owned(), current: false };
    let mut envelope = Envelope::draft("Maison d’essai");
    envelope.to = "lecteur@revue.example".parse().ok();
    envelope.unsubscribe = Some("https://revue.example/quitter?qui={recipient}".to_owned());
    for edition in &samples()? {
        for by in [GroupBy::Rubrique, GroupBy::Source] {
            render_page(&adorned, edition, by, std::slice::from_ref(&link))?;
            render_with(&adorned, edition, Format::Epub, by)?;
            render_mail(&adorned, edition, by, &envelope)?;
        }
    }
    Ok(())
}

fn samples() -> Result<[Edition; 3], EditionError> {
    let mut full: Edition = serde_json::from_str(include_str!("../../templates/sample.json"))?;
    let empty = Edition::new(&*full.name, full.date);
    // More items than a message has room for, one that leads nowhere, and one with more titles than are named.
    if let (Some(item), Some(section)) = (full.front.first_mut(), full.sections.first_mut()) {
        let numbers = 10..=10 + MESSAGE_TITLES;
        section.items.extend(numbers.map(|number| EditionItem { number, ..item.clone() }));
        section.items.iter_mut().filter(|item| item.number == 10).for_each(|item| item.url.clear());
        item.others = item.others.iter().cycle().take(20).cloned().collect();
    }
    let early = Edition { newspapers: Vec::new(), ..full.clone() };
    Ok([full, early, empty])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The templates with each expression misspelled in turn: file, line, text.
    fn misspelled() -> Vec<(String, usize, String)> {
        let mut all = Vec::new();
        for name in ["edition.html", "item.html", "chapter.xhtml", "mail.html", "mail.txt"] {
            let name = format!("{name}.jinja");
            let text = Look::built_in().file(&name);
            for (at, _) in text.match_indices("{{ ") {
                let end = at + text[at..].find(" }}").unwrap();
                let line = text[..at].matches('\n').count() + 1;
                all.push((name.clone(), line, format!("{}{{{{ e.nowhere{}", &text[..at], &text[end..])));
            }
        }
        all
    }

    #[test]
    fn no_expression_of_a_template_is_left_untried() {
        let all = misspelled();
        assert!(all.len() > 150, "{}", all.len());
        let mut untried = Vec::new();
        for (name, line, text) in all {
            let files = BTreeMap::from([(name.clone(), text.into_bytes())]);
            let look = Look::from_files(&files, &BTreeMap::new()).unwrap();
            if prove_rest(&look).is_ok() {
                untried.push(format!("{name}:{line}"));
            }
        }
        assert!(untried.is_empty(), "{}", untried.join(" "));
    }
}
