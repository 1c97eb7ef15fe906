//! schema.org in JSON-LD: what a publisher says about an article, read with its usual breakages.
//!
//! An own walker over `serde_json::Value`: `@graph`, arrays and `@id` references are followed to a bounded
//! depth; a block that does not parse is tried again without comments and control characters.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::text::{fold, squeeze, unescape};

const MAX_DEPTH: usize = 12;
const MAX_OBJECTS: usize = 2000;

/// A person or organisation named as author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Whether the publisher calls it an organisation.
    pub(crate) organisation: bool,
}

/// What the best article object of a page says. Empty where there is none.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// Its types, e.g. `NewsArticle`.
    pub(crate) types: Vec<String>,
    pub(crate) headline: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) authors: Vec<Named>,
    pub(crate) published: Option<String>,
    pub(crate) modified: Option<String>,
    pub(crate) sections: Vec<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) body: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) caption: Option<String>,
    /// Who made the picture.
    pub(crate) credit: Option<String>,
    pub(crate) free: Option<bool>,
    pub(crate) publisher: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) licence: Option<String>,
    /// Names along the breadcrumb, outermost first.
    pub(crate) crumbs: Vec<String>,
    /// Types of all top objects of the page.
    pub(crate) page_types: Vec<String>,
}

type Object = Map<String, Value>;

/// Reads all blocks of a page and takes the object that describes its article, `titles` (folded) deciding among several.
pub(crate) fn read(blocks: &[&str], titles: &[String]) -> Declared {
    let values: Vec<Value> = blocks.iter().filter_map(|block| parse(block)).collect();
    let mut objects: Vec<&Object> = Vec::new();
    for value in &values {
        gather(value, 0, &mut objects);
    }
    let by_id: HashMap<&str, &Object> =
        objects.iter().filter(|o| o.len() > 1).filter_map(|o| Some((o.get("@id")?.as_str()?, *o))).collect();
    let best = objects.iter().filter(|o| rank(o) > 0).max_by_key(|o| {
        let headline =
            text_of(o.get("headline").or_else(|| o.get("name"))).map(|h| fold(&h)).unwrap_or_default();
        let named = !headline.is_empty()
            && titles.iter().any(|t| t.contains(&headline) || headline.contains(t.as_str()));
        (named, rank(o), o.len())
    });
    let mut out = best.map_or_else(Declared::default, |o| declared(o, &by_id));
    out.page_types = objects.iter().flat_map(|o| types_of(o)).collect();
    out.crumbs = objects
        .iter()
        .find(|o| types_of(o).iter().any(|t| t == "BreadcrumbList"))
        .map_or_else(Vec::new, |o| crumbs(o, &by_id));
    if out.publisher.is_none() {
        out.publisher = objects
            .iter()
            .find(|o| types_of(o).iter().any(|t| matches!(t.as_str(), "WebSite" | "NewsMediaOrganization")))
            .and_then(|o| text_of(o.get("name")));
    }
    out
}

fn parse(block: &str) -> Option<Value> {
    let trimmed = block.trim().trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(trimmed) {
        return Some(value);
    }
    let mut text = trimmed.trim_start_matches("<!--").trim_end_matches("-->").trim().to_owned();
    text = text.replace("//<![CDATA[", "").replace("//]]>", "").replace("<![CDATA[", "").replace("]]>", "");
    serde_json::from_str(&mended(&text)).ok().or_else(|| salvaged(&text))
}

/// The plain fields of a block whose brackets do not close, each as first written; its author by the name that follows.
fn salvaged(text: &str) -> Option<Value> {
    const FIELDS: [&str; 6] =
        ["@type", "headline", "datePublished", "dateModified", "description", "articleSection"];
    let string_at = |at: usize| {
        let rest = text[at..].trim_start().strip_prefix(':')?.trim_start();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        values.next()?.ok().filter(Value::is_string)
    };
    let field = |key: &str| {
        let key = format!("\"{key}\"");
        text.match_indices(&key).take(8).find_map(|(at, _)| string_at(at + key.len()))
    };
    let mut object = Object::new();
    for key in FIELDS {
        object.extend(field(key).map(|value| (key.to_owned(), value)));
    }
    let named = text.find("\"author\"").and_then(|at| {
        let value = at + "\"author\"".len();
        string_at(value).or_else(|| {
            // The name of the author's own object, not of the publisher behind it.
            let own = text[value..].split('}').next()?;
            let name = own.find("\"name\"").filter(|name| *name < 200)?;
            string_at(value + name + "\"name\"".len())
        })
    });
    object.extend(named.map(|name| ("author".to_owned(), name)));
    (object.contains_key("@type") && object.len() > 1).then_some(Value::Object(object))
}

/// Escapes raw control characters inside strings, drops comments outside them and commas before a closing bracket.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let (mut inside, mut escaped) = (false, false);
    while let Some(c) = chars.next() {
        if inside {
            match c {
                '\n' | '\r' | '\t' => out.push(' '),
                c if c.is_control() => {}
                c => out.push(c),
            }
            inside = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' => {
                inside = true;
                escaped = false;
                out.push(c);
            }
            '/' if chars.peek() == Some(&'*') => {
                let mut last = ' ';
                for c in chars.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            '}' | ']' => {
                out.truncate(out.trim_end().trim_end_matches(',').len());
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn gather<'v>(value: &'v Value, depth: usize, out: &mut Vec<&'v Object>) {
    if depth > MAX_DEPTH || out.len() > MAX_OBJECTS {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, depth + 1, out)),
        Value::Object(object) => {
            out.push(object);
            // A list of other articles would offer theirs for this one's.
            for (key, inner) in object {
                if !matches!(
                    key.as_str(),
                    "itemListElement"
                        | "liveBlogUpdate"
                        | "hasPart"
                        | "mentions"
                        | "comment"
                        | "review"
                        | "relatedLink"
                        | "isPartOf"
                ) {
                    gather(inner, depth + 1, out);
                }
            }
        }
        _ => {}
    }
}

fn types_of(object: &Object) -> Vec<String> {
    let short = |v: &Value| v.as_str().map(|s| s.rsplit(['/', '#', ':']).next().unwrap_or(s).to_owned());
    match object.get("@type") {
        Some(Value::Array(all)) => all.iter().filter_map(short).collect(),
        Some(one) => short(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// How likely an object is to describe the page's article; 0 is never.
fn rank(object: &Object) -> u8 {
    types_of(object)
        .iter()
        .map(|t| match t.as_str() {
            "LiveBlogPosting" => 6,
            t if t.ends_with("NewsArticle") => 5,
            "Article" | "BlogPosting" | "Report" | "Review" | "TechArticle" | "ScholarlyArticle"
            | "OpinionPiece" => 4,
            "SocialMediaPosting" | "CreativeWork" | "Recipe" | "MedicalWebPage" => 2,
            "VideoObject" | "HowTo" => 2,
            "WebPage" | "ItemPage" => 1,
            _ => 0,
        })
        .max()
        .unwrap_or(0)
}

fn declared(object: &Object, by_id: &HashMap<&str, &Object>) -> Declared {
    let text = |key: &str| text_of(object.get(key));
    let image = object.get("image").map(first);
    let picture = image.and_then(|i| resolve(i, by_id));
    Declared {
        types: types_of(object),
        headline: text("headline").or_else(|| text("name")),
        description: text("description"),
        authors: authors(object, by_id),
        // A live page is dated by its beginning, not by the newest of its updates.
        published: ["datePublished", "dateCreated", "uploadDate", "coverageStartTime"]
            .into_iter()
            .find_map(text),
        modified: text("dateModified"),
        sections: object.get("articleSection").map(strings).unwrap_or_default(),
        keywords: object.get("keywords").map(keywords).unwrap_or_default(),
        body: text("articleBody"),
        image: image
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| picture.and_then(|i| text_of(i.get("url").or_else(|| i.get("contentUrl"))))),
        caption: picture.and_then(|i| text_of(i.get("caption"))),
        credit: picture.and_then(|i| {
            ["creditText", "copyrightNotice", "creator", "author"].iter().find_map(|key| text_of(i.get(*key)))
        }),
        free: object.get("isAccessibleForFree").and_then(truth),
        publisher: object.get("publisher").and_then(|p| text_of(resolve(first(p), by_id)?.get("name"))),
        language: object.get("inLanguage").and_then(|v| text_of(Some(first(v)))),
        licence: text("license"),
        ..Declared::default()
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        Value::String(s) => match s.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn first(value: &Value) -> &Value {
    value.as_array().and_then(|a| a.first()).unwrap_or(value)
}

/// The object a value is or refers to by `@id`.
fn resolve<'v>(value: &'v Value, by_id: &HashMap<&str, &'v Object>) -> Option<&'v Object> {
    let object = value.as_object()?;
    let told = ["name", "url", "contentUrl"].iter().any(|key| object.contains_key(*key));
    let referred = object.get("@id").and_then(Value::as_str).and_then(|id| by_id.get(id).copied());
    if told { Some(object) } else { referred.or(Some(object)) }
}

fn authors(object: &Object, by_id: &HashMap<&str, &Object>) -> Vec<Named> {
    let mut out = Vec::new();
    let listed = object.get("author").or_else(|| object.get("creator"));
    let items: Vec<&Value> = match listed {
        Some(Value::Array(items)) => items.iter().take(20).collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for item in items {
        match item {
            Value::String(name) => out.push(Named { name: squeeze(&unescape(name)), organisation: false }),
            Value::Object(entry) => {
                let entry = match entry.get("@id").and_then(Value::as_str).and_then(|id| by_id.get(id)) {
                    Some(full) if !entry.contains_key("name") => full,
                    _ => entry,
                };
                let organisation = types_of(entry).iter().any(|t| t.ends_with("Organization"));
                for name in entry.get("name").map(strings).unwrap_or_default() {
                    out.push(Named { name, organisation });
                }
            }
            _ => {}
        }
    }
    out
}

/// The text of a value: a string, the first of an array, or the `@value` of an object.
fn text_of(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        Value::Array(items) => return text_of(items.first()),
        Value::Object(o) => return text_of(o.get("@value").or_else(|| o.get("name"))),
        _ => return None,
    };
    let text = squeeze(&unescape(&text));
    (!text.is_empty() && text != "null").then_some(text)
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().take(40).filter_map(|i| text_of(Some(i))).collect(),
        one => text_of(Some(one)).into_iter().collect(),
    }
}

fn keywords(value: &Value) -> Vec<String> {
    match value {
        Value::String(s) => {
            s.split([',', ';', '،']).map(|k| squeeze(&unescape(k))).filter(|k| !k.is_empty()).collect()
        }
        other => strings(other),
    }
}

fn crumbs(object: &Object, by_id: &HashMap<&str, &Object>) -> Vec<String> {
    let Some(Value::Array(items)) = object.get("itemListElement") else { return Vec::new() };
    let name = |item: &Value| {
        text_of(item.get("name")).or_else(|| item.get("item").and_then(|i| text_of(i.get("name")))).or_else(
            || item.get("@id").and_then(Value::as_str).and_then(|id| text_of(by_id.get(id)?.get("name"))),
        )
    };
    items.iter().take(12).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_graph_and_references() {
        let block = r##"{"@context":"https://schema.org","@graph":[
            {"@type":"WebSite","name":"La Gazette"},
            {"@type":"NewsArticle","headline":"Un titre &amp; un autre","author":[{"@id":"#a"},"Zoé Petit"],"keywords":"a, b"},
            {"@type":"Person","@id":"#a","name":"Ali Ben"}]}"##;
        let read = read(&[block], &[]);
        let names: Vec<_> = read.authors.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, ["Ali Ben", "Zoé Petit"]);
        assert_eq!(read.headline.as_deref(), Some("Un titre & un autre"));
        assert_eq!(read.publisher.as_deref(), Some("La Gazette"));
        assert_eq!(read.keywords, ["a", "b"]);
    }

    #[test]
    fn reads_broken_blocks() {
        let block = "/* x */ {\"@type\":\"Article\",\"headline\":\"ligne\none \\\"q\\\"\",\"isAccessibleForFree\":\"False\",}";
        let read = read(&[block, "{{{", ""], &[]);
        assert_eq!(read.headline.as_deref(), Some("ligne one \"q\""));
        assert_eq!(read.free, Some(false));
    }

    #[test]
    fn salvages_blocks_that_never_close() {
        let block = r#"{"@type":"NewsArticle","mainEntityOfPage":{"@type":"WebPage","headline":"Un titre",
            "datePublished":"2020-10-26T18:10:00+01:00","author":{"@type":"Person","name":"Ali Ben"},"description":"tron"#;
        let read = read(&[block], &[]);
        assert_eq!(read.published.as_deref(), Some("2020-10-26T18:10:00+01:00"));
        assert_eq!(read.headline.as_deref(), Some("Un titre"));
        assert_eq!(read.authors[0].name, "Ali Ben");
    }

    #[test]
    fn a_salvaged_author_is_not_the_publisher() {
        let author = |fields: &str| {
            let block =
                format!(r#"{{"@type":"NewsArticle","headline":"Un titre",{fields},"description":"tron"#);
            read(&[&block], &[]).authors.first().map(|author| author.name.clone())
        };
        let publisher = r#""publisher":{"@type":"Organization","name":"Le Quai"}"#;
        assert_eq!(author(&format!(r#""author":"Rim Alami",{publisher}"#)).as_deref(), Some("Rim Alami"));
        assert_eq!(author(&format!(r#""author":{{"@type":"Person"}},{publisher}"#)), None);
        assert_eq!(
            author(&format!(r#""author":{{"é":"é","name":"Ali Ben"}},{publisher}"#)).as_deref(),
            Some("Ali Ben")
        );
    }
}
