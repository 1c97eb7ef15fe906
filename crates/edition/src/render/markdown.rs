//! The Markdown export: CommonMark a reader can paste anywhere.
//!
//! What comes from a page is escaped so that no title can open emphasis, a link or an element. A right-to-left
//! title stands between two right-to-left marks (U+200F), which keep its punctuation on its side in a line
//! that otherwise runs left to right, and a left-to-right mark (U+200E) after a name keeps it from joining the
//! next (the other way round where the interface is Arabic); a right-to-left extract is a `<p dir="rtl">`, as CommonMark has no
//! direction of its own.

use std::fmt::Write as _;

use kiosque_model::Direction;

use super::view::{Headline, Item, Other, View, is_rtl};
use crate::look::Labels;

const LRM: char = '\u{200e}';
const RLM: char = '\u{200f}';

/// The document.
pub(super) fn markdown(view: &View<'_>) -> String {
    let mut out = String::new();
    line(&mut out, format_args!("# {} – {}\n", text(&view.title), view.long_date));
    let mut about = Vec::new();
    about.extend((!view.publisher.is_empty()).then(|| format!("**{}**", text(&view.publisher))));
    about.extend(view.figures.iter().cloned());
    about.extend(view.as_of.clone());
    line(&mut out, format_args!("{}\n", about.join(" · ")));
    opening(&mut out, view);
    if view.blocks.is_empty() {
        line(&mut out, format_args!("{}\n", view.text("empty")));
    }
    for block in &view.blocks {
        line(&mut out, format_args!("## {} ({})\n", name(&block.label, view.dir), block.count));
        for entry in &block.items {
            item(&mut out, entry, view);
        }
        if !block.more.is_empty() {
            others(&mut out, view.text("more_here"), &block.more, view);
        }
        if !block.also.is_empty() {
            line(&mut out, format_args!("{}{}\n", view.text("also_here"), view.colon.trim_end()));
            for also in &block.also {
                let title = title(&also.headline, view.dir);
                line(&mut out, format_args!("- {title} ({})", also.how));
            }
            out.push('\n');
        }
    }
    figures(&mut out, view);
    out
}

/// What stands above the front page: whom it is for, what must be mentioned, corrections, words of the editors.
fn opening(out: &mut String, view: &View<'_>) {
    for text_line in view.client.iter().chain(&view.window).chain(&view.mentions) {
        line(out, format_args!("{}\n", text(text_line)));
    }
    for note in &view.errata {
        let (what, text) = (view.text("errata"), marked(&note.text, note.dir, view.dir));
        let about = if note.who.is_empty() { String::new() } else { format!(" {}", note.who) };
        line(out, format_args!("> **{what}**{about}{}{text}\n", view.colon));
    }
    for note in &view.notes {
        line(
            out,
            format_args!("> {} ({})\n", marked(&note.text, note.dir, view.dir), name(&note.who, view.dir)),
        );
    }
}

/// What is said of an item beside its extract.
fn remarks(out: &mut String, item: &Item, view: &View<'_>) {
    for note in &item.notes {
        let (what, text) = (view.text("note"), marked(&note.text, note.dir, view.dir));
        let who = name(&note.who, view.dir);
        line(out, format_args!("\n  **{what}**{}{text} ({who})", view.colon));
    }
    if let Some(copy_of) = &item.copy_of {
        line(out, format_args!("\n  {}", text(copy_of)));
    }
    if let Some(original) = &item.original_title {
        let original = marked(original, item.own_dir, view.dir);
        line(out, format_args!("\n  {}{}{original}", view.text("original_title"), view.colon));
    }
    if !item.watchlists.is_empty() {
        let lists = names(&item.watchlists, view.labels);
        line(out, format_args!("\n  {}{}{lists}", view.text("watchlists"), view.colon));
    }
    if let Some(licence) = &item.licence {
        line(out, format_args!("\n  {}{}{}", view.text("licence"), view.colon, text(licence)));
    }
}

fn others(out: &mut String, heading: &str, others: &[Other], view: &View<'_>) {
    line(out, format_args!("{heading}{}\n", view.colon.trim_end()));
    for other in others {
        let title = title(&other.headline, view.dir);
        line(out, format_args!("- {title} ({})", name(&other.source, view.dir)));
    }
    out.push('\n');
}

fn item(out: &mut String, item: &Item, view: &View<'_>) {
    let labels = view.labels;
    let mut about = vec![name(if view.by_source { &item.rubrique } else { &item.source }, view.dir)];
    about.extend((!item.by.is_empty()).then(|| names(&item.by, labels)));
    about.push(item.date.clone());
    about.extend(item.badges.iter().map(|badge| format!("*{badge}*")));
    line(out, format_args!("- **{}**  ", title(&item.headline, view.dir)));
    line(out, format_args!("  {} · {}", item.numbered, about.join(" · ")));
    if !item.extract.is_empty() {
        if item.extract_dir == "rtl" {
            let lang = &item.extract_lang;
            let lang = if lang.is_empty() { String::new() } else { format!(" lang=\"{lang}\"") };
            let html = html_text(&item.extract).replace('\n', "<br>");
            line(out, format_args!("\n  <p dir=\"rtl\"{lang}>{html}</p>"));
        } else {
            // A licensed passage has several paragraphs; an empty quoted line parts them.
            let paragraphs: Vec<_> = item.extract.lines().map(text).collect();
            line(out, format_args!("\n  > {}", paragraphs.join("\n  >\n  > ")));
        }
    }
    remarks(out, item, view);
    if let Some(first) = &item.first_title {
        line(
            out,
            format_args!(
                "\n  {}{}{}",
                view.text("first_title"),
                view.colon,
                marked(first, item.own_dir, view.dir)
            ),
        );
    }
    if let Some(reprints) = &item.reprints {
        line(out, format_args!("\n  {}{}{}", reprints.label, view.colon, names(&reprints.names, labels)));
    }
    if !item.others.is_empty() {
        line(out, format_args!("\n  {}{}\n", view.text("also"), view.colon.trim_end()));
        for other in &item.others {
            let updated = other.updated.as_ref().map(|badge| format!(" **{badge}**")).unwrap_or_default();
            line(
                out,
                format_args!(
                    "  - {} ({}){updated}",
                    title(&other.headline, view.dir),
                    name(&other.source, view.dir)
                ),
            );
        }
        if let Some(left) = &item.others_left {
            line(out, format_args!("  - {left}"));
        }
    }
    out.push('\n');
}

fn figures(out: &mut String, view: &View<'_>) {
    line(out, format_args!("---\n"));
    if let Some(thread) = &view.timeline {
        let what = view.text("timeline");
        line(out, format_args!("**{what}**{}{}\n", view.colon, marked(&thread.title, thread.dir, view.dir)));
        for moment in &thread.moments {
            let (at, title) = (&moment.at, title(&moment.headline, view.dir));
            line(out, format_args!("- {at} · {}{}{title}", name(&moment.source, view.dir), view.colon));
        }
        out.push('\n');
    }
    for watch in &view.watchlists {
        let (what, list) = (view.text("watchlists"), name(&watch.name, view.dir));
        line(out, format_args!("**{what}** {list}{}{} ({})\n", view.colon, watch.articles, watch.share));
    }
    if !view.keywords.is_empty() {
        let words: Vec<_> = view.keywords.iter().map(|k| marked(&k.word, k.dir, view.dir)).collect();
        line(out, format_args!("**{}**{}{}\n", view.text("keywords"), view.colon, words.join(view.comma)));
    }
    for (what, bars) in [("papers", &view.sources), ("rubriques_heading", &view.rubriques)] {
        if !view.sources.is_empty() {
            let counts: Vec<_> =
                bars.iter().map(|bar| format!("{} ({})", name(&bar.name, view.dir), bar.count)).collect();
            line(out, format_args!("**{}**{}{}\n", view.text(what), view.colon, counts.join(view.comma)));
        }
    }
    line(out, format_args!("{}\n", text(&view.method)));
    for formula in &view.formulas {
        line(
            out,
            format_args!("**{}**{}`{}` – {}\n", formula.name, view.colon, formula.formula, formula.terms),
        );
    }
    line(out, format_args!("{}", view.rights));
    if !view.brand.imprint.is_empty() {
        line(out, format_args!("\n{}", text(&view.brand.imprint)));
    }
}

fn line(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{arguments}");
}

fn title(headline: &Headline, base: &str) -> String {
    let title = marked(&headline.title, headline.dir, base);
    match &headline.href {
        Some(href) => format!("[{title}]({})", address(href)),
        None => title,
    }
}

/// A name in a line of the interface: one that runs the other way is followed by a mark of the line's own.
fn name(name: &str, base: &str) -> String {
    let mut out = text(name);
    if is_rtl(name) != (base == "rtl") {
        out.push(mark(base));
    }
    out
}

fn names(all: &[String], labels: &Labels) -> String {
    let base = if labels.direction == Direction::Rtl { "rtl" } else { "ltr" };
    labels.list(&all.iter().map(|one| name(one, base)).collect::<Vec<_>>())
}

fn marked(title: &str, dir: &str, base: &str) -> String {
    if dir == base { text(title) } else { format!("{0}{1}{0}", mark(dir), text(title)) }
}

fn mark(dir: &str) -> char {
    if dir == "rtl" { RLM } else { LRM }
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
