//! A small web behind a proxy on loopback: sites with a feed each, which also lists a page of the next site. It notes
//! who asked what, and whether two asked one site at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a page takes to come.
const SLOWNESS: Duration = Duration::from_millis(30);

/// What was asked.
#[derive(Default)]
pub(crate) struct Asked {
    /// How often each address was answered.
    pub(crate) answered: BTreeMap<String, usize>,
    /// Sites that are being asked now.
    busy: BTreeSet<String>,
    /// Sites that were asked by two at a time.
    pub(crate) crowded: BTreeSet<String>,
}

/// The web.
pub(crate) struct Web {
    pub(crate) proxy: String,
    pub(crate) asked: Arc<Mutex<Asked>>,
    sites: usize,
    pages: usize,
}

impl Web {
    /// Serves `sites` sites of `pages` pages each.
    pub(crate) fn open(sites: usize, pages: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Asked::default()));
        let noting = Arc::clone(&asked);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let asked = Arc::clone(&noting);
                std::thread::spawn(move || answer(client, &asked, sites, pages));
            }
        });
        Self { proxy, asked, sites, pages }
    }

    /// A pipeline that reads every site's feed.
    pub(crate) fn pipeline(&self) -> String {
        let mut text = format!(
            "[pipeline]\nname = \"web\"\n[crawl]\ncontact = \"desk@kiosque.example\"\ndelay_ms = 20\njitter_ms = 0\n\
             proxy = \"{}\"\n[store]\npath = \"store.sqlite\"\n",
            self.proxy
        );
        for site in 0..self.sites {
            text.push_str(&format!(
                "[[source]]\nid = \"s{site}\"\nurl = \"http://site-{site}.example/feed\"\n"
            ));
        }
        text
    }

    /// Every address of a page.
    pub(crate) fn addresses(&self) -> BTreeSet<String> {
        let pages = |site| (0..self.pages).map(move |page| format!("http://site-{site}.example/{page}"));
        (0..self.sites).flat_map(pages).collect()
    }
}

fn answer(client: TcpStream, asked: &Mutex<Asked>, sites: usize, pages: usize) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    let mut client = client;
    loop {
        let mut request = String::new();
        if !matches!(reader.read_line(&mut request), Ok(1..)) {
            return;
        }
        let mut line = String::new();
        while matches!(reader.read_line(&mut line), Ok(1..)) && line != "\r\n" {
            line.clear();
        }
        let Some(url) = request.split(' ').nth(1).map(str::to_owned) else { return };
        let (site, path) = url.trim_start_matches("http://").split_once('/').unwrap_or((&url, ""));
        let number: usize =
            site.trim_start_matches("site-").trim_end_matches(".example").parse().unwrap_or(0);
        if !asked.lock().unwrap().busy.insert(site.to_owned()) {
            asked.lock().unwrap().crowded.insert(site.to_owned());
        }
        std::thread::sleep(SLOWNESS);
        let (status, kind, body) = match path {
            "feed" => ("200 OK", "application/rss+xml", feed(number, sites, pages)),
            page if page.parse::<usize>().is_ok_and(|page| page < pages) => {
                ("200 OK", "text/html", article(&url))
            }
            _ => ("404 Not Found", "text/plain", String::new()),
        };
        let mut noted = asked.lock().unwrap();
        noted.busy.remove(site);
        *noted.answered.entry(url.clone()).or_default() += 1;
        drop(noted);
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        if client.write_all(head.as_bytes()).and_then(|()| client.write_all(body.as_bytes())).is_err() {
            return;
        }
    }
}

/// All pages of a site but its last, which the site before lists.
fn feed(site: usize, sites: usize, pages: usize) -> String {
    let own = (0..pages - 1).map(|page| format!("http://site-{site}.example/{page}"));
    let next = format!("http://site-{}.example/{}", (site + 1) % sites, pages - 1);
    let items: String = own
        .chain([next])
        .map(|url| format!("<item><title>Nouvelle {url}</title><link>{url}</link></item>"))
        .collect();
    format!("<rss version=\"2.0\"><channel><title>Site</title>{items}</channel></rss>")
}

fn article(url: &str) -> String {
    let sentence =
        format!("Le conseil a examiné mardi le dossier {url}, dont les habitants attendaient la suite. ");
    format!(
        "<html lang=\"fr\"><head><title>Nouvelle {url}</title></head><body><article><h1>Nouvelle {url}</h1><p>{}</p>\
         <p>{}</p></article></body></html>",
        sentence.repeat(3),
        sentence.repeat(4)
    )
}
