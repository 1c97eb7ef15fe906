//! One rule file: TOML to a rule, or every mistake with its key and line.

use scraper::Selector;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Pick, RuleError, RuleTest, Select, SiteRule};

/// Most selectors of one key.
const MAX_SELECTORS: usize = 32;

/// Reads a file; with the rule comes the line of its hosts.
pub(super) fn rule(file: &str, text: &str) -> Result<(SiteRule, usize), Vec<RuleError>> {
    let mut reader = Reader { file, text, errors: Vec::new() };
    let (table, syntax) = DeTable::parse_recoverable(text);
    for error in &syntax {
        let at = error.span().map_or(0, |span| span.start);
        reader.fail("", at, error.message().replace('\n', " "));
    }
    if !syntax.is_empty() {
        return Err(reader.errors);
    }
    let table = table.get_ref();
    reader.known("", table, &["hosts", "why", "select", "test"]);
    let (hosts, hosts_at) = reader.hosts(table);
    reader.text(table, "", "why");
    let select = match table.get("select").map(|v| (v.get_ref(), v.span().start)) {
        Some((DeValue::Table(inner), at)) => reader.select(inner, at),
        Some((_, at)) => {
            reader.fail("select", at, "must be a table".to_owned());
            Select::default()
        }
        None => {
            reader.fail("select", 0, "is missing; a rule says where something is".to_owned());
            Select::default()
        }
    };
    let tests = reader.tests(table);
    let line = reader.line(hosts_at);
    if reader.errors.is_empty() {
        Ok((SiteRule { file: file.to_owned(), hosts, select, tests }, line))
    } else {
        reader.errors.sort_by_key(|error| error.line);
        Err(reader.errors)
    }
}

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    errors: Vec<RuleError>,
}

type Table<'t> = DeTable<'t>;

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.as_bytes()[..offset.min(self.text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn fail(&mut self, key: &str, at: usize, message: String) {
        let line = self.line(at);
        self.errors.push(RuleError { file: self.file.to_owned(), key: key.to_owned(), line, message });
    }

    /// Tells every key that is none, with those that are.
    fn known(&mut self, prefix: &str, table: &Table<'_>, keys: &[&str]) {
        for (key, _) in table {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) {
                let message = format!("there is no such key; there are `{}`", keys.join("`, `"));
                self.fail(&joined(prefix, name), key.span().start, message);
            }
        }
    }

    /// A text or a list of texts, each with where it stands.
    fn texts(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<(String, usize)> {
        let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => out.push((text.trim().to_owned(), item.span().start)),
                _ => self.fail(key, item.span().start, "must be a text or a list of texts".to_owned()),
            }
        }
        out
    }

    fn text(&mut self, table: &Table<'_>, prefix: &str, key: &str) -> Option<String> {
        let value = table.get(key)?;
        let name = joined(prefix, key);
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.fail(&name, value.span().start, "must be a text".to_owned());
                None
            }
        }
    }

    fn hosts(&mut self, table: &Table<'_>) -> (Vec<String>, usize) {
        let Some(value) = table.get("hosts") else {
            self.fail("hosts", 0, "is missing; name the hosts the rule is for".to_owned());
            return (Vec::new(), 0);
        };
        let at = value.span().start;
        let mut out = Vec::new();
        for (host, at) in self.texts("hosts", value) {
            let bare = host.strip_prefix("*.").unwrap_or(&host);
            let is_host = bare.contains('.')
                && bare.split('.').all(|label| !label.is_empty())
                && bare.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
            // An address is kept as browsers send it, so a host of other letters is looked up in that form.
            match url::Host::parse(bare).ok().filter(|_| is_host) {
                Some(parsed) if host.starts_with("*.") => out.push(format!("*.{parsed}")),
                Some(parsed) => out.push(parsed.to_string()),
                None => self.fail("hosts", at, format!("`{host}` is no host")),
            }
        }
        if out.is_empty() && self.errors.is_empty() {
            self.fail("hosts", at, "must name a host".to_owned());
        }
        (out, at)
    }

    fn select(&mut self, table: &Table<'_>, at: usize) -> Select {
        const KEYS: [&str; 8] =
            ["title", "kicker", "standfirst", "author", "date", "section", "body", "drop"];
        self.known("select", table, &KEYS);
        let mut select = Select::default();
        for key in KEYS {
            let Some(value) = table.get(key) else { continue };
            let picks = self.picks(key, value);
            *match key {
                "title" => &mut select.title,
                "kicker" => &mut select.kicker,
                "standfirst" => &mut select.standfirst,
                "author" => &mut select.author,
                "date" => &mut select.date,
                "section" => &mut select.section,
                "body" => &mut select.body,
                _ => &mut select.drop,
            } = picks;
        }
        if table.is_empty() {
            self.fail("select", at, "must hold a selector".to_owned());
        }
        select
    }

    fn picks(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<Pick> {
        let name = joined("select", key);
        let written = self.texts(&name, value);
        if written.len() > MAX_SELECTORS {
            self.fail(&name, value.span().start, format!("holds more than {MAX_SELECTORS} selectors"));
        }
        let mut out = Vec::new();
        for (text, at) in written {
            let (css, attribute) = match text.rsplit_once('@') {
                Some((css, attribute)) => (css.trim(), Some(attribute.trim().to_ascii_lowercase())),
                None => (text.as_str(), None),
            };
            let places = matches!(key, "body" | "drop" | "standfirst");
            if attribute.is_some() && places {
                self.fail(&name, at, format!("`{text}` names an attribute, and this key selects elements"));
                continue;
            }
            match Selector::parse(css) {
                Ok(selector) => out.push(Pick { selector, attribute }),
                Err(_) => self.fail(&name, at, format!("`{css}` is no selector")),
            }
        }
        out
    }

    fn tests(&mut self, table: &Table<'_>) -> Vec<RuleTest> {
        const KEYS: [&str; 8] = ["page", "url", "title", "authors", "published", "opens", "holds", "lacks"];
        let Some(value) = table.get("test") else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.fail("test", value.span().start, "must be a list of tables, each `[[test]]`".to_owned());
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            let at = item.span().start;
            let DeValue::Table(inner) = item.get_ref() else {
                self.fail("test", at, "must be a table".to_owned());
                continue;
            };
            self.known("test", inner, &KEYS);
            let required = |reader: &mut Self, key: &str| {
                let text = reader.text(inner, "test", key);
                if !inner.contains_key(key) {
                    reader.fail(&joined("test", key), at, "is missing".to_owned());
                }
                text.unwrap_or_default()
            };
            let (page, url) = (required(self, "page"), required(self, "url"));
            let list = |reader: &mut Self, key: &str| -> Option<Vec<String>> {
                let value = inner.get(key)?;
                Some(reader.texts(&joined("test", key), value).into_iter().map(|(text, _)| text).collect())
            };
            let (authors, holds, lacks) = (list(self, "authors"), list(self, "holds"), list(self, "lacks"));
            out.push(RuleTest {
                page,
                url,
                title: self.text(inner, "test", "title"),
                authors,
                published: self.text(inner, "test", "published"),
                opens: self.text(inner, "test", "opens"),
                holds: holds.unwrap_or_default(),
                lacks: lacks.unwrap_or_default(),
            });
        }
        out
    }
}

fn joined(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = rule("a.toml", text).err().unwrap_or_default();
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn mistakes_tell_their_key_and_line() {
        check("hosts = [\"a.example\"]\n[select]\ntitle = \"h1\"\n", &[]);
        check(
            "hosts = \"a.example\"\n[select]\ntitel = \"h1\"\nbody = [\"#t\", \"p[\"]\n",
            &[
                "`a.toml` line 3, key `select.titel`: there is no such key; there are `title`, `kicker`, \
                 `standfirst`, `author`, `date`, `section`, `body`, `drop`",
                "`a.toml` line 4, key `select.body`: `p[` is no selector",
            ],
        );
        check(
            "why = 3\n[select]\nbody = \"p@class\"\n",
            &[
                "`a.toml` line 1, key `hosts`: is missing; name the hosts the rule is for",
                "`a.toml` line 1, key `why`: must be a text",
                "`a.toml` line 3, key `select.body`: `p@class` names an attribute, and this key selects elements",
            ],
        );
        check(
            "hosts = [\"https://a.example/\"]\n[select]\ndate = [1]\n",
            &[
                "`a.toml` line 1, key `hosts`: `https://a.example/` is no host",
                "`a.toml` line 3, key `select.date`: must be a text or a list of texts",
            ],
        );
        check(
            "hosts = [\"a.example\"]\n[[test]]\npage = \"x.html\"\n",
            &[
                "`a.toml` line 1, key `select`: is missing; a rule says where something is",
                "`a.toml` line 2, key `test.url`: is missing",
            ],
        );
        assert!(rule("a.toml", "hosts = [").is_err());
    }

    #[test]
    fn hosts_are_kept_as_browsers_send_them() {
        let (rule, _) = rule("a.toml", "hosts = [\"Élan.example\"]\n[select]\ntitle = \"h1\"\n").unwrap();
        assert_eq!(rule.hosts(), ["xn--lan-9la.example"]);
        assert_eq!(rule.keys(), ["title"]);
    }
}
