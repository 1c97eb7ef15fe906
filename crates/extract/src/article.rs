//! The whole path from a page to an article, in order: decode, sieve, parse, evidence, title, body, fields.

use std::cell::OnceCell;

use kiosque_model::{Article, Kind, Page};
use scraper::Html;
use url::Url;

use crate::block::Blocks;
use crate::body::{Body, Scene, find, html_of, text_of};
use crate::dom::Dom;
use crate::meta::head::Head;
use crate::meta::title::Title;
use crate::meta::{Evidence, authors, disagree, image, jsonld, note, section, subject, title, when};
use crate::role::{Reader, Roles};
use crate::rules::{Hits, RuleReport, RuleSet};
use crate::text::fold;
use crate::{ExtractError, MAX_BODY_BYTES, decode, kind, meta, sieve};

/// Reads a page: its body and every field it gives evidence for.
///
/// # Errors
/// [`ExtractError`] where the page is empty, is not HTML, or has no readable address.
pub fn extract(page: &Page) -> Result<Article, ExtractError> {
    extract_with(page, &RuleSet::default()).map(|(article, _)| article)
}

/// Reads a page by the rule of its site, if there is one; with the article comes what the rule did.
///
/// # Errors
/// As [`extract`].
pub fn extract_with(page: &Page, rules: &RuleSet) -> Result<(Article, Option<RuleReport>), ExtractError> {
    read_by(page, rules, |evidence, hits| {
        let article = assemble(evidence, hits.as_ref());
        (article, hits.and_then(|hits| hits.report))
    })
}

/// Reads a page's evidence and hands it on.
#[cfg(feature = "training")]
fn read<T>(page: &Page, then: impl FnOnce(&Evidence<'_, '_>) -> T) -> Result<T, ExtractError> {
    read_by(page, &RuleSet::default(), |evidence, _| then(evidence))
}

fn read_by<T>(
    page: &Page,
    rules: &RuleSet,
    then: impl FnOnce(&Evidence<'_, '_>, Option<Hits>) -> T,
) -> Result<T, ExtractError> {
    let url = Url::parse(&page.url).map_err(|_| ExtractError::Address { address: page.url.clone() })?;
    let bytes = &page.body[..page.body.len().min(MAX_BODY_BYTES)];
    refuse_other_media(bytes, page.content_type.as_deref())?;
    let (text, _) = decode(bytes, page.content_type.as_deref());
    let sieved = sieve::sieve(&text);
    let mut html = Html::parse_document(&sieved.html);
    let rule = rules.found(&url).map(|(rule, host)| (rule, (host, rule.drop_from(&mut html))));
    let dom = Dom::new(&html);
    let hits = rule.map(|(rule, met)| rule.read(&html, &dom, page.fetched_at, met));
    let blocks = Blocks::new(&dom);
    if blocks.list.is_empty() && sieved.json_ld.is_empty() {
        return Err(ExtractError::Empty);
    }
    let roles = Reader::all(&dom);
    let above = inherited(&dom, &roles);
    let head = Head::read(&dom);
    let titles: Vec<String> = head.title.iter().map(|t| fold(t)).collect();
    let declared = jsonld::read(&sieved.json_ld, &titles);
    let base = head.base.and_then(|b| url.join(b).ok()).unwrap_or_else(|| url.clone());
    let outlets = meta::outlets(&head, &declared, &url);
    let evidence = Evidence {
        page,
        url: &url,
        base: &base,
        source: &text,
        dom: &dom,
        blocks: &blocks,
        roles: &roles,
        above: &above,
        head: &head,
        declared: &declared,
        marked: OnceCell::new(),
        outlets: &outlets,
    };
    Ok(then(&evidence, hits))
}

/// Media other than HTML by declaration, or by the first bytes where the declaration says HTML.
fn refuse_other_media(bytes: &[u8], content_type: Option<&str>) -> Result<(), ExtractError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ExtractError::Empty);
    }
    const MAGIC: [(&[u8], &str); 8] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG", "image/png"),
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1F\x8B", "application/gzip"),
        (b"RIFF", "audio or video"),
        (b"\x00\x00\x00", "video"),
    ];
    if let Some((_, found)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ExtractError::NotHtml { found: (*found).to_owned() });
    }
    let media = content_type
        .and_then(|c| c.split(';').next())
        .map(|m| m.trim().to_ascii_lowercase())
        .unwrap_or_default();
    let other = [
        "image/",
        "audio/",
        "video/",
        "font/",
        "application/pdf",
        "application/zip",
        "application/json",
        "application/rss",
        "application/atom",
        "text/css",
        "text/javascript",
    ];
    if other.iter().any(|prefix| media.starts_with(prefix)) {
        return Err(ExtractError::NotHtml { found: media });
    }
    Ok(())
}

/// The roles of each node with those of its ancestors.
fn inherited(dom: &Dom<'_>, roles: &[Roles]) -> Vec<Roles> {
    let mut out: Vec<Roles> = Vec::with_capacity(roles.len());
    for (i, role) in roles.iter().enumerate() {
        let above = if i == 0 { Roles::default() } else { out[dom.nodes[i].parent] };
        out.push(role.with(above));
    }
    out
}

/// What has to be known before the body can be chosen.
struct Ground {
    title: Title,
    description: Option<String>,
    /// The publisher's `articleBody`, as text and, where it is of some length, folded.
    declared: Option<String>,
    declared_folded: Option<String>,
    authors: Vec<String>,
}

impl Ground {
    fn of(evidence: &Evidence<'_, '_>) -> Self {
        let title = title::choose(evidence);
        let authors = authors::choose(evidence, title.node, None).signed.persons;
        let description =
            evidence.head.meta_of(&["og:description", "description", "twitter:description"]).map(|(d, _)| d);
        let description = evidence.declared.description.clone().or(description);
        let declared = evidence.declared.body.as_deref().map(subject::plain);
        let declared_folded = declared.as_deref().map(fold).filter(|b| b.len() > 200);
        Self { title, description, declared, declared_folded, authors }
    }

    fn scene<'s, 'a>(&'s self, evidence: &'s Evidence<'s, 'a>) -> Scene<'s, 'a> {
        Scene {
            dom: evidence.dom,
            blocks: evidence.blocks,
            roles: evidence.roles,
            headline: self.title.node,
            title: self.title.text.as_deref(),
            description: self.description.as_deref(),
            declared: self.declared_folded.as_deref(),
            authors: &self.authors,
        }
    }
}

/// The numbers of every line of a page, for the tool that trains the judge of lines.
#[cfg(feature = "training")]
pub(crate) fn lesson(page: &Page) -> Result<crate::training::Sheet, ExtractError> {
    read(page, |evidence| crate::training::sheet(&Ground::of(evidence).scene(evidence)))
}

fn assemble(evidence: &Evidence<'_, '_>, hits: Option<&Hits>) -> Article {
    let page = evidence.page;
    let mut article =
        Article::new(page.url.clone(), page.canonical.clone(), page.source.clone(), page.fetched_at);
    if let Some((canonical, from)) = subject::canonical(evidence) {
        article.id = canonical.id();
        article.canonical_url = canonical;
        note(&mut article, "canonical_url", from);
    }
    if let Some((name, from)) = meta::site_name(evidence.head, evidence.declared) {
        article.site_name = Some(name);
        note(&mut article, "site_name", from);
    }
    let mut ground = Ground::of(evidence);
    if let Some(hits) = hits {
        hits.lead(&mut ground.title);
    }
    let scene = ground.scene(evidence);
    let body = hits.and_then(|hits| hits.body(evidence)).unwrap_or_else(|| find(&scene));
    article.kind = kind::of(evidence, &body);
    let body = if article.kind == Kind::Gallery { body.with_captions(&scene) } else { body };
    let by_rule = hits.is_some_and(|hits| !hits.body.is_empty());
    let declared = ground.declared.as_deref().filter(|_| !by_rule);
    set_body(&mut article, &scene, &body, evidence, declared);
    let span = span(evidence, &body);
    set_people_and_dates(&mut article, evidence, ground.title.node, span);
    set_subject(&mut article, evidence, &body, &ground.title);
    if let Some((image, from)) = image::lead(evidence, ground.title.node, span) {
        article.lead_image = Some(image);
        note(&mut article, "lead_image", &from);
    }
    set_title(&mut article, ground.title);
    article.kind = kind::settled(article.kind, &article);
    if let Some(hits) = hits {
        hits.overrule(&mut article);
    }
    article
}

/// First and last node of the body.
fn span(evidence: &Evidence<'_, '_>, body: &Body) -> Option<(usize, usize)> {
    let all = body.standfirst.iter().chain(&body.lines);
    let first = all.clone().map(|&i| evidence.blocks.list[i].from).min()?;
    let last = all.map(|&i| evidence.blocks.list[i].to).max()?;
    Some((first, last))
}

fn set_body(
    article: &mut Article,
    scene: &Scene<'_, '_>,
    body: &Body,
    evidence: &Evidence<'_, '_>,
    declared: Option<&str>,
) {
    article.text = text_of(&evidence.blocks.list, body);
    article.html = html_of(scene, body, evidence.base);
    if !article.text.is_empty() {
        note(article, "text", "page");
    }
    // A page that is built by script shows little; what it declares is then all there is.
    if let Some(declared) = declared.filter(|d| d.len() > 400 && d.len() > 2 * article.text.len()) {
        let lines: Vec<String> =
            declared.lines().map(crate::text::squeeze).filter(|l| !l.is_empty()).collect();
        article.text = lines.join("\n");
        article.html = lines.iter().fold(String::new(), |mut html, line| {
            html.push_str("<p>");
            crate::body::escape(line, &mut html);
            html.push_str("</p>");
            html
        });
        note(article, "text", "json-ld");
    } else if !body.standfirst.is_empty() {
        let parts: Vec<&str> =
            body.standfirst.iter().map(|&i| evidence.blocks.list[i].text.as_str()).collect();
        article.subtitle = Some(parts.join("\n"));
        note(article, "subtitle", "standfirst");
    }
}

fn set_people_and_dates(
    article: &mut Article,
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    span: Option<(usize, usize)>,
) {
    let authors = authors::choose(evidence, headline, span);
    if !authors.signed.persons.is_empty() {
        note(article, "authors", &authors.from);
        disagree(article, "authors", &authors.signed.persons.join(", "), authors.others);
    }
    article.authors = distinct(authors.signed.persons);
    if !authors.signed.agencies.is_empty() {
        note(article, "agencies", &authors.agencies_from);
    }
    article.agencies = authors.signed.agencies;
    let dates = when::choose(evidence, headline, span);
    if let Some((date, from)) = dates.published {
        article.published = Some(date);
        note(article, "published", &from);
        disagree(article, "published", &date.to_string(), dates.others);
    }
    if let Some((date, from)) = dates.modified {
        article.modified = Some(date);
        note(article, "modified", &from);
    }
}

fn set_title(article: &mut Article, title: Title) {
    if let Some(text) = title.text {
        note(article, "title", title.from);
        disagree(article, "title", &text, title.others);
        article.title = Some(text);
        if title.kicker.is_some() {
            note(article, "kicker", title.from);
        }
        article.kicker = title.kicker;
    }
}

fn set_subject(article: &mut Article, evidence: &Evidence<'_, '_>, body: &Body, title: &Title) {
    article.feed_rubrique = evidence.page.hint.rubrique;
    if let Some((section, from)) = section::choose(evidence, title) {
        article.section = Some(section);
        note(article, "section", &from);
    }
    let line = body.keyword_line.map(|i| evidence.blocks.list[i].text.as_str());
    let (keywords, from) = subject::keywords(evidence, line);
    if !keywords.is_empty() {
        article.keywords = keywords;
        note(article, "keywords", &from);
    }
    if let Some((language, from)) = subject::language(evidence, &article.text) {
        article.language = Some(language);
        note(article, "language", &from);
    }
    if let Some(from) = subject::paywalled(evidence).filter(|_| article.kind != Kind::Listing) {
        article.paywalled = true;
        note(article, "paywalled", &from);
    }
    set_rights(article, evidence, title);
}

fn set_rights(article: &mut Article, evidence: &Evidence<'_, '_>, title: &Title) {
    if let Some(from) = subject::opinion(evidence, article.section.as_deref(), title.kicker.as_deref()) {
        article.opinion = true;
        note(article, "opinion", from);
    }
    if let Some(from) = subject::sponsored(evidence, title.node, article.section.as_deref()) {
        article.sponsored = true;
        note(article, "sponsored", from);
    }
    if let Some((licence, from)) = subject::licence(evidence) {
        article.licence = Some(licence);
        note(article, "licence", from);
    }
    if let Some((reserved, from)) = subject::tdm_reserved(evidence) {
        article.tdm_reserved = Some(reserved);
        note(article, "tdm_reserved", from);
    }
}

/// Names in order, each once, however it is capitalised.
fn distinct(names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(name.to_lowercase())).collect()
}
