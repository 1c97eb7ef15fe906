//! The catalogue as an operator works on it: a site on loopback is found out about, written into a pipeline's file,
//! switched, exchanged, tried, crawled and asked about.

#![cfg(test)]

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A site on loopback: what each path answers.
struct Site {
    home: String,
}

impl Site {
    fn open(pages: impl Fn(&str) -> Vec<(&'static str, &'static str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let home = format!("http://{}", listener.local_addr().unwrap());
        let answers = pages(&home).into_iter().map(|(path, kind, body)| (path, (kind, body)));
        let answers: Arc<HashMap<_, _>> = Arc::new(answers.collect());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answers = Arc::clone(&answers);
                std::thread::spawn(move || serve(&stream, &answers));
            }
        });
        Self { home }
    }
}

fn serve(mut stream: &TcpStream, answers: &HashMap<&str, (&str, String)>) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).count();
    let path = first.split(' ').nth(1)?;
    let (status, kind, body) = match answers.get(path) {
        Some((kind, body)) => ("200 OK", *kind, body.as_str()),
        None => ("404 Not Found", "text/plain", "none"),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()
}

const RSS: &str = "application/rss+xml; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

fn feed(title: &str, entries: &[(String, &str)]) -> String {
    let item = |(url, title): &(String, &str)| {
        format!(
            "<item><title>{title}</title><link>{url}</link><pubDate>Wed, 07 Oct 2026 09:05:00 GMT</pubDate></item>"
        )
    };
    let items: String = entries.iter().map(item).collect();
    format!("<rss version=\"2.0\"><channel><title>{title}</title>{items}</channel></rss>")
}

/// An article that names no section; its words say little of what it is about.
fn article(title: &str) -> String {
    format!(
        "<html lang=\"fr\"><head><title>{title} - La Vigie</title><meta property=\"og:site_name\" content=\"La Vigie\">\
         <meta property=\"article:published_time\" content=\"2026-10-07T09:05:00+01:00\"></head><body><article><h1>{title}</h1>\
         <p>Par <a rel=\"author\" href=\"/auteurs/salma\">Salma Idrissi</a></p>\
         <p>La journée a commencé tôt, sous un ciel clair, devant un public venu nombreux des quartiers voisins et qui attendait depuis l’aube.</p>\
         <p>À midi tout était fini ; chacun est reparti content, et la suite est promise pour le mois prochain, au même endroit et à la même heure.</p>\
         </article></body></html>"
    )
}

/// A site of common software: its main feed announced, its sections in the menu, their feeds beside them.
fn vigie() -> Site {
    Site::open(|home| {
        let url = |path: &str| format!("{home}{path}");
        let (matin, match_) = (
            (url("/2026/matin"), "La matinée au bord du détroit"),
            (url("/2026/rencontre"), "Une rencontre très attendue"),
        );
        let index = format!(
            "<html lang=\"fr\"><head><title>La Vigie</title><meta property=\"og:site_name\" content=\"La Vigie\">\
             <link rel=\"alternate\" type=\"application/rss+xml\" title=\"La Vigie\" href=\"/feed/\">\
             <link rel=\"alternate\" type=\"application/rss+xml\" title=\"Commentaires\" href=\"/comments/feed/\"></head><body>\
             <nav><a href=\"/category/sport/\">Sport</a><a href=\"/category/culture/\">Culture</a><a href=\"/contact\">Contact</a></nav>\
             <h2><a href=\"{}\">La matinée au bord du détroit</a></h2></body></html>",
            matin.0
        );
        vec![
            ("/", HTML, index),
            (
                "/robots.txt",
                "text/plain",
                format!("User-agent: *\nDisallow: /admin\nSitemap: {home}/sitemap-news.xml\n"),
            ),
            ("/feed/", RSS, feed("La Vigie", &[matin.clone(), match_.clone()])),
            ("/comments/feed/", RSS, feed("Commentaires", std::slice::from_ref(&matin))),
            ("/category/sport/feed/", RSS, feed("La Vigie » Sport", std::slice::from_ref(&match_))),
            (
                "/sitemap-news.xml",
                "application/xml",
                format!(
                    "<urlset xmlns:news=\"n\"><url><loc>{}</loc><news:news><news:title>x</news:title></news:news></url></urlset>",
                    matin.0
                ),
            ),
            ("/2026/matin", HTML, article(matin.1)),
            ("/2026/rencontre", HTML, article(match_.1)),
        ]
    })
}

const PIPELINE: &str = "# La maison\n[pipeline]\nname = \"essai\"  # court\n[crawl]\ncontact = \"desk@essai.example\"\ndelay_ms = 0\njitter_ms = 0\nretries = 0\n\
    allow_private = [\"127.0.0.0/8\"]\n[store]\npath = \"d/store.sqlite\"\n[[source]]\nid = \"phare\"\nname = \"Le Phare\"\n\
    url = \"http://127.0.0.1:9/feed\" # éteint\nenabled = false\nreason = \"éteint\"\n";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.toml"), PIPELINE).unwrap();
    folder
}

fn said(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
    let output = command.current_dir(folder).env_clear().args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn file(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("p.toml")).unwrap()
}

#[test]
fn a_site_is_found_out_about_from_its_bare_address() {
    let (site, folder) = (vigie(), folder());
    let (code, out, err) = said(folder.path(), &["probe", &site.home, "--pipeline", "p.toml", "--json"]);
    assert_eq!(code, 0, "{err}");
    let found: Value = serde_json::from_str(&out).unwrap();
    let at = |path: &str| Value::from(format!("{}{path}", site.home));
    assert_eq!((&found["kind"], &found["entries"][0]["url"]), (&"page".into(), &at("/2026/matin")));
    let about = &found["site"];
    assert_eq!((&about["name"], &about["language"]), (&"La Vigie".into(), &"fr".into()));
    assert_eq!(about["robots"]["allowed"], true);
    assert_eq!(about["tdm_reserved"], Value::Null);
    let feeds: Vec<_> =
        about["feeds"].as_array().unwrap().iter().map(|f| (&f["url"], &f["rubrique"], &f["found"])).collect();
    let (main, sport) = (at("/feed/"), at("/category/sport/feed/"));
    assert_eq!(
        feeds,
        [(&main, &Value::Null, &"announced".into()), (&sport, &"sport".into(), &"section".into())]
    );
    assert_eq!(about["sitemaps"][0]["news"], true);
    assert_eq!(about["sections"][0]["title"], "Sport");
    assert_eq!(about["sample"][0]["article"]["authors"], serde_json::json!(["Salma Idrissi"]));
    assert_eq!(about["sample"].as_array().unwrap().len(), 2);
    let (_, out, _) = said(folder.path(), &["probe", &site.home, "--pipeline", "p.toml"]);
    for line in [
        "robots     allowed",
        "TDM        nothing stated",
        "feed       ",
        "section    Sport",
        "La matinée au bord du détroit (article)",
    ] {
        assert!(out.contains(line), "no `{line}` in {out}");
    }
}

#[test]
fn a_site_is_added_switched_and_tried() {
    let (site, folder) = (vigie(), folder());
    let (code, out, err) = said(folder.path(), &["sources", "p.toml", "add", &site.home, "--id", "vigie"]);
    assert_eq!(code, 0, "{out}{err}");
    let text = file(&folder);
    assert!(text.starts_with(PIPELINE), "{text}");
    assert!(text.contains("id = \"vigie\"\nname = \"La Vigie\"\n"), "{text}");
    assert!(text.contains(&format!("{}/category/sport/feed/\", rubrique = \"sport\"", site.home)), "{text}");
    let (code, _, err) = said(folder.path(), &["sources", "p.toml", "add", &site.home]);
    assert_eq!((code, err.contains("has this site already, as `vigie`")), (1, true), "{err}");

    let (code, out, err) = said(folder.path(), &["check", "p.toml", "--sources"]);
    assert_eq!(code, 0, "{out}{err}");
    let row = |id: &str| {
        out.lines().find(|line| line.contains(id)).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(row("vigie").contains("ok vigie 2/2 3 2026-10-07T"), "{out}");
    assert!(row("phare").contains("off phare 0/0 0 – 0 – off: éteint"), "{out}");
    let (code, out, _) = said(folder.path(), &["check", "p.toml", "--sources", "--all"]);
    assert_eq!((code, out.contains("BAD")), (1, true), "{out}");

    assert_eq!(
        said(folder.path(), &["sources", "p.toml", "disable", "vigie", "--reason", "en travaux"]).0,
        0
    );
    let state = |id: &str| {
        let (_, out, _) = said(folder.path(), &["sources", "p.toml", "list", "--json"]);
        let mut lines = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let found = lines.find(|line| line["source"] == id).unwrap();
        (found["state"].clone(), found["reason"].clone())
    };
    assert_eq!(state("vigie"), ("disabled".into(), "en travaux".into()));
    let (_, out, _) = said(folder.path(), &["sources", "p.toml", "list"]);
    assert!(out.contains("off: en travaux") && out.contains("2 sources: 0 on, 2 off"), "{out}");
    assert_eq!(said(folder.path(), &["sources", "p.toml", "enable", "vigie"]).0, 0);
    assert_eq!(state("vigie").0, "waiting");
    let (code, _, err) = said(folder.path(), &["sources", "p.toml", "enable", "phase"]);
    assert_eq!((code, err.contains("did you mean `phare`?")), (2, true), "{err}");
    let (_, _, err) = said(folder.path(), &["sources", "p.toml", "enable", "phare"]);
    assert!(err.contains("was off for a reason, which still stands in the file: éteint"), "{err}");
    assert!(file(&folder).contains("# éteint\nenabled = true\n"));
    let (code, _, err) = said(folder.path(), &["sources", "enable", "gazette"]);
    assert_eq!((code, err.contains("no file that can be changed")), (1, true), "{err}");
}

#[test]
fn the_feeds_rubrique_reaches_the_classifier() {
    let (site, folder) = (vigie(), folder());
    assert_eq!(said(folder.path(), &["sources", "p.toml", "add", &site.home, "--id", "vigie"]).0, 0);
    let (code, out, err) = said(folder.path(), &["run", "p.toml", "--until-idle"]);
    assert_eq!(code, 0, "{out}{err}");
    let (_, out, err) = said(
        folder.path(),
        &[
            "query",
            "p.toml",
            "SELECT title, rubrique, json_extract(record, '$.because[0]') AS why FROM articles ORDER BY url",
            "--format",
            "json",
        ],
    );
    let rows: Vec<Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(rows.len(), 2, "{out}{err}");
    // Found in two feeds, read once; of the two the one with a rubrique speaks.
    assert_eq!(
        (&rows[1]["rubrique"], &rows[1]["why"]),
        (&"sport".into(), &"rubrique de la source\u{a0}: Sport".into()),
        "{out}"
    );
    assert_ne!(rows[0]["rubrique"], "sport", "{out}");
    let why = |url: &str| said(folder.path(), &["why", "p.toml", url]).1;
    assert!(why("http://127.0.0.1/autre").contains("Aucune liste de la source `vigie`"));
    assert!(why("https://ailleurs.example/x").contains("Aucune source n’est de ce site"));
    let (code, _, err) =
        said(folder.path(), &["replay", "p.toml", "--from", "2026-10-01", "--source", "vigies"]);
    assert_eq!((code, err.contains("did you mean `vigie`?")), (2, true), "{err}");
}

#[test]
fn a_publisher_who_objects_is_added_and_off() {
    let site = Site::open(|_| {
        vec![
            ("/", HTML, "<html lang=fr><head><title>Réservé</title><meta name=\"tdm-reservation\" content=\"1\"></head><body><a href=\"/x-y-z-w-long-titre\">Un titre assez long pour un article de presse</a></body></html>".to_owned()),
            ("/rss.xml", RSS, feed("Réservé", &[("http://127.0.0.1/x".to_owned(), "Un")])),
        ]
    });
    let folder = folder();
    let (code, out, err) = said(folder.path(), &["sources", "p.toml", "add", &site.home, "--id", "reserve"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("/rss.xml\"\nkind = \"feed\"") && out.contains("enabled = false"), "{out}");
    assert!(
        err.contains("it is off: l’éditeur réserve la fouille de textes et de données (TDMRep)"),
        "{err}"
    );
}

#[test]
fn a_site_that_is_closed_to_robots_is_added_and_off() {
    let site = Site::open(|_| vec![("/robots.txt", "text/plain", "User-agent: *\nDisallow: /\n".to_owned())]);
    let folder = folder();
    let (code, out, err) = said(folder.path(), &["sources", "p.toml", "add", &site.home, "--id", "clos"]);
    assert_eq!((code, out.contains("reason = \"robots.txt : ")), (0, true), "{out}{err}");
    assert!(out.contains("Disallow: /") && out.contains("enabled = false"), "{out}");
}

#[test]
fn a_site_without_a_home_page_is_found_by_its_lists() {
    let site =
        Site::open(|_| vec![("/feed/", RSS, feed("La Vigie", &[("http://127.0.0.1/x".to_owned(), "Un")]))]);
    let folder = folder();
    let (code, out, err) = said(folder.path(), &["sources", "p.toml", "add", &site.home, "--id", "vigie"]);
    assert_eq!((code, out.contains("/feed/\"\nkind = \"feed\"")), (0, true), "{out}{err}");
    assert!(err.contains("/: status 404"), "{err}");
    let (code, out, err) = said(folder.path(), &["probe", &site.home, "--pipeline", "p.toml", "--json"]);
    let found: Value = serde_json::from_str(&out).unwrap_or_default();
    assert_eq!((code, &found["feeds"][0]), (0, &format!("{}/feed/", site.home).into()), "{out}{err}");
    let (code, _, err) =
        said(folder.path(), &["probe", &format!("{}/nulle-part", site.home), "--pipeline", "p.toml"]);
    assert_eq!((code, err.contains("status 404")), (1, true), "{err}");
}

#[test]
fn a_feed_readers_file_may_be_the_list_of_sources() {
    let folder = folder();
    let opml = "<opml version=\"2.0\"><body><outline text=\"Stades\" xmlUrl=\"http://127.0.0.1:9/rss\"/></body></opml>";
    fs::write(folder.path().join("abonnements.opml"), opml).unwrap();
    fs::write(folder.path().join("p.toml"), format!("sources_file = \"abonnements.opml\"\n{PIPELINE}"))
        .unwrap();
    let (code, out, err) = said(folder.path(), &["sources", "p.toml", "list"]);
    assert_eq!(
        (code, out.contains("Stades") && out.contains("2 sources: 1 on, 1 off")),
        (0, true),
        "{out}{err}"
    );
}

#[test]
fn every_command_reads_the_sources_of_the_other_file_too() {
    let folder = folder();
    let opml = "<opml version=\"2.0\"><body><outline text=\"Stades\" xmlUrl=\"https://stades.example/rss\"/></body></opml>";
    fs::write(folder.path().join("abonnements.opml"), opml).unwrap();
    let pipeline = format!("sources_file = \"abonnements.opml\"\n{PIPELINE}");
    fs::write(folder.path().join("p.toml"), &pipeline).unwrap();
    let sources = |words: &[&str]| said(folder.path(), &[&["sources", "p.toml"], words].concat());
    for format in ["opml", "csv"] {
        let (code, out, err) = sources(&["export", "--format", format]);
        let both = out.contains("https://stades.example/rss") && out.contains("http://127.0.0.1:9/feed");
        assert_eq!((code, both), (0, true), "{format}: {out}{err}");
    }
    let (_, out, err) = sources(&["import", "abonnements.opml"]);
    assert!(out.contains("0 new sources, 0 new feeds of known ones, 1 known"), "{out}{err}");
    let (_, out, _) = sources(&["list", "--json"]);
    let ids = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["source"].to_string());
    assert_eq!(ids.collect::<Vec<_>>(), ["\"phare\"", "\"stades\""]);
    let (code, _, err) = sources(&["disable", "stades"]);
    assert_eq!((code, err.contains("stands in `sources_file`")), (2, true), "{err}");
    assert_eq!(file(&folder), pipeline);
}

#[test]
fn an_export_takes_the_place_of_the_last_one_whole() {
    let folder = folder();
    let [out, last] = ["out.csv", "last.csv"].map(|name| folder.path().join(name));
    fs::write(&out, "the last one").unwrap();
    // Another name of the same file: whoever writes into the file, instead of putting a new one in its place, is seen.
    fs::hard_link(&out, &last).unwrap();
    let words = ["sources", "p.toml", "export", "--format", "csv", "--out", "out.csv"];
    let (code, _, err) = said(folder.path(), &words);
    assert_eq!(code, 0, "{err}");
    assert!(fs::read_to_string(&out).unwrap().contains("http://127.0.0.1:9/feed"));
    assert_eq!(fs::read_to_string(&last).unwrap(), "the last one");
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["last.csv", "out.csv", "p.toml"]);
}

#[test]
fn catalogues_are_exchanged() {
    let folder = folder();
    let opml = "<opml version=\"2.0\"><body><outline text=\"Sport\"><outline text=\"Les Stades\" xmlUrl=\"https://stades.example/rss\" htmlUrl=\"https://stades.example\"/></outline></body></opml>";
    fs::write(folder.path().join("in.opml"), opml).unwrap();
    let (code, out, _) = said(folder.path(), &["sources", "p.toml", "import", "in.opml", "--dry-run"]);
    assert_eq!(
        (code, out.contains("1 new sources, 0 new feeds of known ones, 0 known, 0 refused")),
        (0, true),
        "{out}"
    );
    assert_eq!(file(&folder), PIPELINE);
    assert_eq!(said(folder.path(), &["sources", "p.toml", "import", "in.opml"]).0, 0);
    let (_, out, _) = said(folder.path(), &["sources", "p.toml", "import", "in.opml"]);
    assert!(out.contains("0 new sources, 0 new feeds of known ones, 1 known"), "{out}");
    for format in ["opml", "csv"] {
        let other = self::folder();
        let (code, text, err) = said(folder.path(), &["sources", "p.toml", "export", "--format", format]);
        assert_eq!(code, 0, "{err}");
        fs::write(other.path().join("in"), text).unwrap();
        let (_, out, _) = said(other.path(), &["sources", "p.toml", "import", "in"]);
        assert!(out.contains("1 new sources, 0 new feeds of known ones, 1 known"), "{out}");
        assert!(file(&other).contains("rubrique = \"sport\""));
    }
    let (code, _, err) = said(folder.path(), &["sources", "p.toml", "import", "p.toml"]);
    assert_eq!((code, err.contains("neither OPML nor a CSV")), (1, true), "{err}");
}

#[test]
fn nobody_is_asked_under_the_name_of_an_example() {
    let folder = folder();
    fs::write(
        folder.path().join("p.toml"),
        PIPELINE
            .replace("http://127.0.0.1:9/feed", "https://presse.ma/feed")
            .replace("enabled = false", "enabled = true"),
    )
    .unwrap();
    let (code, _, err) = said(folder.path(), &["check", "p.toml", "--sources"]);
    assert_eq!((code, err.contains("is an example's")), (1, true), "{err}");
}
