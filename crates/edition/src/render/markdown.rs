//! The Markdown export: CommonMark a reader can paste anywhere.
//!
//! What comes from a page is escaped so that no title can open emphasis, a link or an element. A right-to-left
//! title stands between two right-to-left marks (U+200F), which keep its punctuation on its side in a line
//! that otherwise runs left to right, and a left-to-right mark (U+200E) after a name keeps it from joining the
//! next; a right-to-left extract is a `<p dir="rtl">`, as CommonMark has no
//! direction of its own.

use std::fmt::Write as _;

use super::french::{self, NBSP};
use super::view::{Headline, Item, View, is_rtl};

const LRM: char = '\u{200e}';
const RLM: char = '\u{200f}';

/// The document.
pub(super) fn markdown(view: &View) -> String {
    let mut out = String::new();
    line(&mut out, format_args!("# {} – {}\n", text(&view.title), view.long_date));
    let mut about = Vec::new();
    about.extend((!view.publisher.is_empty()).then(|| format!("**{}**", text(&view.publisher))));
    about.extend(view.figures.iter().cloned());
    about.extend(view.as_of.clone());
    line(&mut out, format_args!("{}\n", about.join(" · ")));
    if view.blocks.is_empty() {
        line(&mut out, format_args!("Aucun article n’a été recueilli pour cette date.\n"));
    }
    for block in &view.blocks {
        line(&mut out, format_args!("## {} ({})\n", name(&block.label), block.count));
        for entry in &block.items {
            item(&mut out, entry, view.by_source);
        }
        if !block.also.is_empty() {
            line(&mut out, format_args!("Également dans ce titre{NBSP}:\n"));
            for also in &block.also {
                let how = if also.reprint { "même texte que" } else { "même sujet que" };
                let title = title(&also.headline);
                line(&mut out, format_args!("- {title} ({how} n°{NBSP}{})", also.number));
            }
            out.push('\n');
        }
    }
    figures(&mut out, view);
    out
}

fn item(out: &mut String, item: &Item, by_source: bool) {
    let mut about = vec![name(if by_source { &item.rubrique } else { &item.source })];
    about.extend((!item.by.is_empty()).then(|| names(&item.by)));
    about.push(item.date.clone());
    about.extend(item.badges.iter().map(|badge| format!("*{badge}*")));
    line(out, format_args!("- **{}**  ", title(&item.headline)));
    line(out, format_args!("  n°{NBSP}{} · {}", item.number, about.join(" · ")));
    if !item.extract.is_empty() {
        if item.headline.dir == "rtl" {
            let lang = &item.headline.lang;
            line(out, format_args!("\n  <p dir=\"rtl\" lang=\"{lang}\">{}</p>", html_text(&item.extract)));
        } else {
            line(out, format_args!("\n  > {}", text(&item.extract)));
        }
    }
    if let Some(first) = &item.first_title {
        line(out, format_args!("\n  Titre initial{NBSP}: {}", marked(first, item.headline.dir)));
    }
    if let Some(reprints) = &item.reprints {
        line(out, format_args!("\n  {}{NBSP}: {}", reprints.label, names(&reprints.names)));
    }
    if !item.others.is_empty() {
        line(out, format_args!("\n  Aussi{NBSP}:\n"));
        for other in &item.others {
            let updated = other.updated.map(|badge| format!(" **{badge}**")).unwrap_or_default();
            line(out, format_args!("  - {} ({}){updated}", title(&other.headline), name(&other.source)));
        }
    }
    out.push('\n');
}

fn figures(out: &mut String, view: &View) {
    line(out, format_args!("---\n"));
    if !view.keywords.is_empty() {
        let words: Vec<_> = view.keywords.iter().map(|k| marked(&k.word, k.dir)).collect();
        line(out, format_args!("**Mots du jour**{NBSP}: {}\n", words.join(", ")));
    }
    if !view.sources.is_empty() {
        let sources: Vec<_> =
            view.sources.iter().map(|s| format!("{} ({})", name(&s.name), s.count)).collect();
        line(out, format_args!("**Titres**{NBSP}: {}\n", sources.join(", ")));
    }
    line(
        out,
        format_args!(
            "Les titres et extraits cités restent la propriété de leurs éditeurs\u{202f}; ils renvoient aux \
             articles, qu’ils ne remplacent pas."
        ),
    );
}

fn line(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{arguments}");
}

fn title(headline: &Headline) -> String {
    let title = marked(&headline.title, headline.dir);
    match &headline.href {
        Some(href) => format!("[{title}]({})", address(href)),
        None => title,
    }
}

/// A name in a line that runs left to right.
fn name(name: &str) -> String {
    let mut out = text(name);
    if is_rtl(name) {
        out.push(LRM);
    }
    out
}

fn names(all: &[String]) -> String {
    french::list(&all.iter().map(|one| name(one)).collect::<Vec<_>>())
}

fn marked(title: &str, dir: &str) -> String {
    if dir == "rtl" { format!("{RLM}{}{RLM}", text(title)) } else { text(title) }
}

/// Escapes every mark CommonMark or its tables and strikes could read, wherever it stands, and those that only
/// count at the head of a line, there.
fn text(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 8);
    for (at, c) in source.char_indices() {
        let head = source[..at].chars().all(|c| c.is_ascii_digit());
        let marks = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#' | '$');
        let marks_at_head = head && matches!(c, '+' | '-' | '=' | '.' | ')');
        if marks || marks_at_head {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn html_text(source: &str) -> String {
    source.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An address that cannot end the link it stands in.
fn address(href: &str) -> String {
    let mut out = String::with_capacity(href.len());
    for c in href.chars() {
        if c.is_whitespace() || c.is_control() || matches!(c, '(' | ')' | '<' | '>' | '\\' | '"') {
            let mut utf8 = [0; 4];
            for byte in c.encode_utf8(&mut utf8).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_opens_markup() {
        for (given, expected) in [
            ("Deux *étoiles* et [un] <b>", r"Deux \*étoiles\* et \[un\] \<b\>"),
            ("# Titre", r"\# Titre"),
            ("2026. Une année", r"2026\. Une année"),
            ("- tiret - tiret", r"\- tiret - tiret"),
            ("3.5 % a_b|c", r"3\.5 % a\_b\|c"),
        ] {
            assert_eq!(text(given), expected);
        }
    }

    #[test]
    fn an_address_stays_inside_its_link() {
        assert_eq!(address("https://a.example/x_(y)?q=\"é\" z"), "https://a.example/x_%28y%29?q=%22é%22%20z");
    }
}
