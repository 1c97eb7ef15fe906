//! The feeds: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1 and news sitemaps of what is out.
//!
//! One of them is spoiled as feeds are in the wild: a newline and a notice before the prolog, bare ampersands.

use jiff::civil::DateTime;

use crate::Hour;
use crate::calendar;
use crate::outlet::{FeedKind, Paper};
use crate::pages::escape;

/// One feed entry.
struct Entry {
    url: String,
    title: String,
    summary: String,
    author: String,
    at: DateTime,
    changed: DateTime,
}

/// The media type and text of an outlet's feed at that hour.
pub(crate) fn feed(paper: &Paper, hour: Hour) -> (&'static str, String) {
    let entries = entries(paper, hour);
    match paper.feed {
        FeedKind::Rss => ("application/rss+xml", rss(paper, &entries)),
        FeedKind::Atom => ("application/atom+xml", atom(paper, &entries)),
        FeedKind::Json => ("application/feed+json", json(paper, &entries)),
        FeedKind::Sitemap => ("application/xml", sitemap(paper, &entries)),
    }
}

/// When the feed last changed.
pub(crate) fn changed_at(paper: &Paper, hour: Hour) -> Option<DateTime> {
    entries(paper, hour).iter().map(|entry| entry.changed).max()
}

fn entries(paper: &Paper, hour: Hour) -> Vec<Entry> {
    let mut entries: Vec<Entry> = paper
        .out(hour)
        .into_iter()
        .map(|article| Entry {
            url: paper.url_of(article),
            title: article.title_at(hour).to_owned(),
            summary: article.as_of(hour, &article.lead),
            author: article.authors.join(", "),
            at: article.at,
            changed: article.changed_at(hour),
        })
        .collect();
    entries.extend(paper.stray.iter().filter(|stray| stray.at <= hour.until()).map(|stray| Entry {
        url: paper.url(&stray.path),
        title: stray.title.clone(),
        summary: String::new(),
        author: String::new(),
        at: stray.at,
        changed: stray.at,
    }));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries
}

fn rss(paper: &Paper, entries: &[Entry]) -> String {
    let mut items = String::new();
    for entry in entries {
        let url = escape(&entry.url);
        let creator = match entry.author.as_str() {
            "" => String::new(),
            author => format!("<dc:creator>{}</dc:creator>", escape(author)),
        };
        items.push_str(&format!(
            "<item><title>{}</title><link>{url}</link><guid isPermaLink=\"true\">{url}</guid>\
             <pubDate>{}</pubDate>{creator}<description>{}</description></item>\n",
            escape(&entry.title),
            calendar::rfc5322(entry.at),
            escape(&entry.summary),
        ));
    }
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>{}</title><link>{}</link>\
         <description>{}</description><language>{}</language>\n{items}</channel></rss>\n",
        escape(&paper.name),
        paper.url("/"),
        escape(&paper.motto),
        paper.language,
    );
    if paper.broken_feed { spoil(&text) } else { text }
}

/// What a plug-in that prints notices and a hand-made template do to a feed.
fn spoil(text: &str) -> String {
    format!("\n<!-- Notice: cache purge -->\nOK\n{}", text.replace("&amp;", "&"))
}

fn atom(paper: &Paper, entries: &[Entry]) -> String {
    let newest = entries.iter().map(|entry| entry.changed).max().map(calendar::iso).unwrap_or_default();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
         xml:lang=\"{}\"><title>{}</title><id>{home}</id><link href=\"{home}\"/><updated>{newest}</updated>\n",
        paper.language,
        escape(&paper.name),
        home = paper.url("/"),
    );
    for entry in entries {
        let url = escape(&entry.url);
        let author = if entry.author.is_empty() { &paper.name } else { &entry.author };
        text.push_str(&format!(
            "<entry><title>{}</title><id>{url}</id><link rel=\"alternate\" href=\"{url}\"/>\
             <published>{}</published><updated>{}</updated><author><name>{}</name></author>\
             <summary>{}</summary></entry>\n",
            escape(&entry.title),
            calendar::iso(entry.at),
            calendar::iso(entry.changed),
            escape(author),
            escape(&entry.summary),
        ));
    }
    text.push_str("</feed>\n");
    text
}

fn json(paper: &Paper, entries: &[Entry]) -> String {
    let items: Vec<_> = entries
        .iter()
        .map(|entry| {
            serde_json::json!({
                "id": entry.url,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "date_published": calendar::iso(entry.at),
                "date_modified": calendar::iso(entry.changed),
            })
        })
        .collect();
    let feed = serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": paper.name,
        "home_page_url": paper.url("/"),
        "feed_url": paper.url(&paper.feed_path),
        "language": paper.language,
        "items": items,
    });
    format!("{feed:#}\n")
}

fn sitemap(paper: &Paper, entries: &[Entry]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset \
         xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n",
    );
    for entry in entries {
        text.push_str(&format!(
            "<url><loc>{}</loc><lastmod>{}</lastmod><news:news><news:publication><news:name>{}</news:name>\
             <news:language>{}</news:language></news:publication><news:publication_date>{}\
             </news:publication_date><news:title>{}</news:title></news:news></url>\n",
            escape(&entry.url),
            calendar::iso(entry.changed),
            escape(&paper.name),
            paper.language,
            calendar::iso(entry.at),
            escape(&entry.title),
        ));
    }
    text.push_str("</urlset>\n");
    text
}
