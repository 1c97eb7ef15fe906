//! What an edition looks like: templates, words and branding, each of them a file that a user may replace.
//!
//! A look is a folder. A file in it takes the place of the one of the same name that the binary carries; a folder
//! in it, named for an edition, does the same for that edition alone. Everything is read and tried at once, so that
//! a mistake is told with its file and line before an edition depends on it.

mod branding;
mod labels;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};

pub(crate) use branding::{Branding, Logo};
pub(crate) use labels::{LANGUAGES, Labels};

use crate::EditionError;
use crate::compose::is_rtl_letter;

/// The files of text a look is made of, as the binary carries them.
const FILES: [(&str, &str); 8] = [
    ("edition.html.jinja", include_str!("../templates/edition.html.jinja")),
    ("item.html.jinja", include_str!("../templates/item.html.jinja")),
    ("edition.css", include_str!("../templates/edition.css")),
    ("chapter.xhtml.jinja", include_str!("../templates/chapter.xhtml.jinja")),
    ("mail.html.jinja", include_str!("../templates/mail.html.jinja")),
    ("mail.txt.jinja", include_str!("../templates/mail.txt.jinja")),
    ("edition.typ", include_str!("../templates/edition.typ")),
    ("epub.css", include_str!("../templates/epub.css")),
];

/// A mistake in a file of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 where it is of no line.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// Templates, words and branding, ready to render with.
#[derive(Debug, Clone)]
pub struct Look {
    labels: BTreeMap<&'static str, Labels>,
    pub(crate) branding: Branding,
    files: BTreeMap<String, String>,
    engine: Environment<'static>,
    /// What stands before a replaced file's name in messages.
    places: BTreeMap<String, String>,
}

/// The languages the interface speaks, by code.
#[must_use]
pub fn languages() -> [&'static str; 3] {
    LANGUAGES.map(|(code, _)| code)
}

static BUILT_IN: LazyLock<Look> = LazyLock::new(|| {
    Look::from_files(&BTreeMap::new(), &BTreeMap::new()).expect("the files the binary carries are tested")
});

impl Look {
    /// The look the binary carries.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads the look of an edition: the files of `folder`, and over them those of the folder in it that has the
    /// edition's name.
    ///
    /// # Errors
    /// [`EditionError::Look`] with every mistake in every file: one that cannot be read, one that no format asks
    /// for, a template that does not parse, a word nobody knows.
    pub fn read(folder: &Path, edition: &str) -> Result<Self, EditionError> {
        let mut files = BTreeMap::new();
        let mut places = BTreeMap::new();
        let mut mistakes = Vec::new();
        for (of, required) in [(folder.to_owned(), true), (folder.join(edition), false)] {
            if !required && !of.is_dir() {
                continue;
            }
            match read_folder(&of) {
                Ok(found) => {
                    for (name, bytes) in found {
                        places.insert(name.clone(), of.join(&name).display().to_string());
                        files.insert(name, bytes);
                    }
                }
                Err(reason) => mistakes.push(Mistake {
                    file: of.display().to_string(),
                    line: 0,
                    message: format!("cannot be read: {reason}"),
                }),
            }
        }
        if !mistakes.is_empty() {
            return Err(EditionError::Look(mistakes));
        }
        Self::from_files(&files, &places)
    }

    /// The look of these files over the binary's, by name.
    pub(crate) fn from_files(
        given: &BTreeMap<String, Vec<u8>>,
        places: &BTreeMap<String, String>,
    ) -> Result<Self, EditionError> {
        let place = |name: &str| places.get(name).cloned().unwrap_or_else(|| name.to_owned());
        let mut mistakes = unknown_files(given, &place);
        let mut labels = BTreeMap::new();
        for (code, built_in) in LANGUAGES {
            match words(built_in, &format!("{code}.toml"), given, &place) {
                Ok(read) => drop(labels.insert(code, read)),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let branding = Branding::read(given, place).unwrap_or_else(|told| {
            mistakes.extend(told);
            Branding::default()
        });
        let mut files = BTreeMap::new();
        for (name, built_in) in FILES {
            let text = given.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            files.insert(name.to_owned(), text.unwrap_or_else(|| built_in.to_owned()));
        }
        let mut engine = engine()?;
        for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".jinja")) {
            if let Err(error) = engine.add_template_owned(name.clone(), text.clone()) {
                mistakes.push(template_mistake(&error, &place));
            }
        }
        if !mistakes.is_empty() {
            return Err(EditionError::Look(mistakes));
        }
        Ok(Self { labels, branding, files, engine, places: places.clone() })
    }

    /// The words of a language; French where the interface does not speak it.
    pub(crate) fn labels(&self, language: &str) -> &Labels {
        self.labels.get(language).unwrap_or(&self.labels[LANGUAGES[0].0])
    }

    /// The text of one of its files.
    pub(crate) fn file(&self, name: &str) -> &str {
        self.files.get(name).map_or("", String::as_str)
    }

    /// Fills a template in.
    pub(crate) fn fill(&self, template: &str, values: Value) -> Result<String, EditionError> {
        let filled = self.engine.get_template(template).and_then(|template| template.render(values));
        filled.map_err(|error| EditionError::Look(vec![template_mistake(&error, &|name| self.place(name))]))
    }

    /// How a file of it is named to whoever wrote it.
    pub(crate) fn place(&self, name: &str) -> String {
        self.places.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }
}

/// The files of a folder by name; what begins with a dot is not looked at.
fn read_folder(folder: &Path) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_file() && !name.starts_with('.') {
            files.insert(name, std::fs::read(entry.path())?);
        }
    }
    Ok(files)
}

/// Files that nothing asks for: most often a name that was mistyped, whose work would be lost in silence.
fn unknown_files(given: &BTreeMap<String, Vec<u8>>, place: &dyn Fn(&str) -> String) -> Vec<Mistake> {
    let words: BTreeSet<String> = LANGUAGES.iter().map(|(code, _)| format!("{code}.toml")).collect();
    let known = |name: &str| {
        FILES.iter().any(|(file, _)| *file == name)
            || words.contains(name)
            || name == branding::FILE
            || branding::media_type(name).is_some()
            || name.to_ascii_lowercase().starts_with("readme")
    };
    let names: Vec<_> = FILES.iter().map(|(file, _)| format!("`{file}`")).collect();
    let told = |name: &String| Mistake {
        file: place(name),
        line: 0,
        message: format!(
            "is no file of a look; there are {}, `{}`, `fr.toml`, `ar.toml`, `en.toml` and pictures",
            names.join(", "),
            branding::FILE
        ),
    };
    given.keys().filter(|name| !known(name)).map(told).collect()
}

/// The words of a language with those of a given file laid over them.
fn words(
    built_in: &str,
    name: &str,
    given: &BTreeMap<String, Vec<u8>>,
    place: &dyn Fn(&str) -> String,
) -> Result<Labels, Mistake> {
    let told = |line, message: String| Mistake { file: place(name), line, message };
    let mut table: toml::Table = toml::from_str(built_in).expect("the files the binary carries are tested");
    let text = given.get(name).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let own: toml::Table =
        toml::from_str(&text).map_err(|e| told(line_of(&text, &e), e.message().to_owned()))?;
    lay_over(&mut table, own).map_err(|(key, why)| told(line_with(&text, &key), why))?;
    table.try_into().map_err(|e: toml::de::Error| told(0, e.message().to_owned()))
}

/// Replaces keys of `table`, in tables of it too; the first key that is not there or is of another kind is an error, told
/// with why.
fn lay_over(table: &mut toml::Table, own: toml::Table) -> Result<(), (String, String)> {
    for (key, value) in own {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(there)), toml::Value::Table(own)) => lay_over(there, own)?,
            (Some(there), value) if alike(there, &value) => *there = value,
            (Some(there), value) => {
                let why = format!("`{key}` is {}, here it is {}", kind_of(there), kind_of(&value));
                return Err((key, why));
            }
            (None, _) => {
                let why =
                    format!("no such word `{key}`; the file of the same name in the sources has them all");
                return Err((key, why));
            }
        }
    }
    Ok(())
}

/// Whether one value can stand for another: of one kind, and a list as long and of the same.
fn alike(there: &toml::Value, own: &toml::Value) -> bool {
    match (there, own) {
        (toml::Value::Array(there), toml::Value::Array(own)) => {
            there.len() == own.len() && there.iter().zip(own).all(|(there, own)| alike(there, own))
        }
        _ => there.same_type(own),
    }
}

fn kind_of(value: &toml::Value) -> String {
    match value {
        toml::Value::Array(values) => {
            format!(
                "a list of {} of kind {}",
                values.len(),
                values.first().map_or("none", toml::Value::type_str)
            )
        }
        value => format!("of kind {}", value.type_str()),
    }
}

/// The line an error of TOML is of.
fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1
}

/// The line a key is set on, 0 where it is not.
fn line_with(text: &str, key: &str) -> usize {
    let sets = |line: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    text.lines().position(sets).map_or(0, |at| at + 1)
}

fn template_mistake(error: &minijinja::Error, place: &dyn Fn(&str) -> String) -> Mistake {
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    Mistake {
        file: place(error.name().unwrap_or_default()),
        line: error.line().unwrap_or_default(),
        message: format!("{}{detail}", error.kind()),
    }
}

/// An engine that escapes every value and lets no name pass that a template misspells.
fn engine() -> Result<Environment<'static>, EditionError> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|name| {
        if name.ends_with(".txt.jinja") { AutoEscape::None } else { AutoEscape::Html }
    });
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    engine.set_syntax(syntax.map_err(|e| EditionError::Look(vec![template_mistake(&e, &str::to_owned)]))?);
    engine.set_formatter(write_value);
    engine.add_filter("isolate", isolate);
    Ok(engine)
}

/// A name in a line of plain text that runs in `base`: between isolates (UAX #9) where it runs the other way, so that
/// a number beside it stays where it was written.
fn isolate(name: &str, base: &str) -> String {
    let rtl = name.chars().any(is_rtl_letter);
    match (rtl, base) {
        (true, "ltr") => format!("\u{2067}{name}\u{2069}"),
        (false, "rtl") => format!("\u{2066}{name}\u{2069}"),
        _ => name.to_owned(),
    }
}

/// Escapes what HTML needs escaped in text and in quoted attributes. The engine's own escape also rewrites
/// `/`, which would make every address of a page unreadable to whoever looks at its source.
fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let html = matches!(state.auto_escape(), AutoEscape::Html);
    let Some(text) = value.as_str().filter(|_| html && !value.is_safe()) else {
        return minijinja::escape_formatter(out, state, value);
    };
    Ok(out.write_str(&escaped(text))?)
}

/// Text as HTML and XML write it, in elements and in quoted attributes.
pub(crate) fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out.into()
}
