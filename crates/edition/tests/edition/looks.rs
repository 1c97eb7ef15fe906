//! What a user's folder changes, and how its mistakes are told.

use std::fs;
use std::path::Path;

use kiosque_edition::{Format, GroupBy, Look, prove, render_with};

use crate::morning::{composed, spec, stories};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn page(folder: &Path, edition: &str) -> String {
    let look = Look::read(folder, edition).unwrap_or_else(|e| panic!("{e}"));
    let edition = composed(&stories(), &spec());
    String::from_utf8(render_with(&look, &edition, Format::Html, GroupBy::Rubrique).unwrap()).unwrap()
}

#[test]
fn the_look_of_the_binary_renders_everything() {
    prove(Look::built_in()).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn a_house_prints_its_own_words_colours_and_logo() {
    let folder = folder(&[
        ("fr.toml", "[texts]\nfront = \"En une\"\n"),
        ("branding.toml", "accent = \"#004488\"\nlogo = \"logo.svg\"\nlogo_text = \"Le phare\"\n"),
        ("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("soir/fr.toml", "[texts]\nfront = \"Ce soir\"\n"),
        ("README.md", "Ours."),
    ]);
    let html = page(folder.path(), "matin");
    for expected in [">En une<", "--accent: #004488", "alt=\"Le phare\"", "data:image/svg+xml;base64,PHN2Zy"]
    {
        assert!(html.contains(expected), "{expected}");
    }
    assert!(page(folder.path(), "soir").contains(">Ce soir<"));
}

#[test]
fn a_template_of_the_house_takes_the_place_of_ours() {
    let folder =
        folder(&[("edition.html.jinja", "<!doctype html><title>{{ e.title }}</title>{{ e.long_date }}")]);
    assert_eq!(
        page(folder.path(), "matin"),
        "<!doctype html><title>Revue de presse</title>mercredi 7\u{a0}octobre\u{a0}2026\n"
    );
}

#[test]
fn a_logo_needs_no_text_in_any_format() {
    let logo = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
    let folder = folder(&[("branding.toml", "logo = \"logo.svg\"\n"), ("logo.svg", logo)]);
    let look = Look::read(folder.path(), "matin").unwrap_or_else(|e| panic!("{e}"));
    prove(&look).unwrap_or_else(|e| panic!("{e}"));
}

/// What reading and trying a folder says, with the folder's own name left out.
fn check(files: &[(&str, &str)], expected: &str) {
    let folder = folder(files);
    let said = match Look::read(folder.path(), "matin").and_then(|look| prove(&look)) {
        Ok(()) => panic!("{files:?} is used"),
        Err(error) => error.to_string(),
    };
    let said = said.replace(&format!("{}/", folder.path().display()), "");
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn mistakes_are_told_by_file_and_line() {
    check(&[("edition.html.jinja", "a\n{% if %}\n")], "edition.html.jinja:2: syntax error");
    check(&[("edition.html.jinja", "a\n\n{{ e.titel }}\n")], "edition.html.jinja:3: undefined value");
    check(&[("item.html.jinja", "\n{% macro item(i) %}{% endmacro %}")], "edition.html.jinja:");
    check(&[("fr.toml", "[texts]\nfrnt = \"x\"\n")], "fr.toml:2: no such word `frnt`");
    check(
        &[("fr.toml", "\n[texts]\nfront = 3\n")],
        "fr.toml:3: `front` is of kind string, here it is of kind integer",
    );
    check(
        &[("fr.toml", "months = [\"janvier\"]\n")],
        "fr.toml:1: `months` is a list of 12 of kind string, here it is a list of 1 of kind string",
    );
    check(&[("ar.toml", "months = [\n\"x\"")], "ar.toml:2: ");
    check(&[("edition.html", "")], "edition.html: is no file of a look");
    check(&[("branding.toml", "accent = \"#ffff00\"")], "branding.toml:1: `accent` `#ffff00` cannot be read");
}

#[test]
fn a_chapter_that_no_reader_opens_is_told() {
    let page = |body: &str| format!("<html><body>{body}</body></html>");
    let file = "chapter.xhtml.jinja";
    check(&[(file, &page("<p><b>x</p>"))], "chapter.xhtml.jinja: makes a page that is no XML: ");
    check(
        &[(file, "<html><body>")],
        "chapter.xhtml.jinja: makes a page that is no XML: an element is not closed",
    );
    let said = "chapter.xhtml.jinja: makes a page that is no XML: XML does not know `&nbsp;`";
    check(&[(file, &page("<p>12&nbsp;%</p>"))], said);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let folder = folder(&[
        ("fr.toml", "x = 1\n"),
        ("edition.html.jinja", "{% if %}"),
        ("branding.toml", "logo = \"x\""),
    ]);
    let said = Look::read(folder.path(), "matin").unwrap_err().to_string();
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let said = Look::read(Path::new("/no/such/folder"), "matin").unwrap_err().to_string();
    assert!(said.starts_with("/no/such/folder: cannot be read"), "{said}");
}
