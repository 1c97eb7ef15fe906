//! Reads each section of a pipeline file. A key is named in one place only: here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use kiosque_crawl::{Agent, Settings};
use kiosque_model::Language;

use super::bus::bus;
use super::edition::editions;
use super::node::Node;
use super::section::{ConfigError, Section, nearest};
use super::{ArchiveConfig, ClassifyConfig, Config};

/// The largest page the bus carries, with room for its address.
const MAX_BODY_BYTES: i64 = 32_000_000;

/// Reads the whole file.
pub(super) fn config(file: &str, root: Node) -> Result<Config, Vec<ConfigError>> {
    let mut errors = Vec::new();
    let mut top = Section::open("", Some(root), &mut errors);
    let mut about = about(&mut top);
    let (store, keep_breadcrumbs_days) = store(&mut top);
    let (export_dir, look) = export(&mut top, &store);
    let state = state(&mut top, &store);
    let (crawl, max_waiting) = crawl(&mut top);
    let archive = archive(&mut top);
    let rules = extract(&mut top);
    let classify = classify(&mut top);
    let node = top.take("bus");
    let bus = bus(node, top.errors(), &store, crawl.max_body_bytes);
    let group = group(&mut top);
    let node = top.take("mail");
    let mail = super::mail::mail(node, top.errors());
    about.mails = mail.as_ref().is_some_and(|mail| mail.recipients.is_some());
    let sources_file = top.text("sources_file");
    let sources = super::source::sources(&mut top);
    if sources_file.is_none() {
        about.sources = Some(sources.iter().map(|source| source.id.clone()).collect());
    }
    let editions = editions(&mut top, &about);
    let (listen, invented_press) = serve_and_demo(&mut top);
    if sources.is_empty() && sources_file.is_none() {
        top.fail(
            "source",
            None,
            "there is none; add a `[[source]]` table with `id` and `url`, or `sources_file`",
        );
    }
    top.close();
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Config {
        file: file.to_owned(),
        name: about.name,
        time_zone: about.time_zone,
        crawl,
        max_waiting,
        archive,
        rules,
        classify,
        bus,
        store,
        keep_breadcrumbs_days,
        state,
        group,
        editions,
        export_dir,
        look,
        mail,
        listen,
        invented_press,
        sources,
        sources_file,
    })
}

/// What a pipeline says of itself.
pub(super) struct About {
    name: String,
    pub(super) title: String,
    pub(super) publisher: String,
    pub(super) time_zone: TimeZone,
    pub(super) zone_name: String,
    /// The ids of its sources; not known before a file of more of them was read.
    sources: Option<BTreeSet<String>>,
    /// Whether it says how mail is sent and to whom.
    pub(super) mails: bool,
}

impl About {
    /// Tells of an id that is no source's, with the nearest that is one's.
    pub(super) fn known_source(&self, id: &str) -> Result<(), String> {
        let Some(sources) = self.sources.as_ref().filter(|sources| !sources.contains(id)) else {
            return Ok(());
        };
        let known: Vec<_> = sources.iter().map(String::as_str).collect();
        let near = nearest(id, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(format!("`{id}` is no source of the pipeline{near}"))
    }
}

fn about(top: &mut Section<'_>) -> About {
    let node = top.take("pipeline");
    let mut section = Section::open("pipeline", node, top.errors());
    let name = section.required("name", "give a short name such as `maroc`");
    let zone = section.parsed("time_zone", |text| {
        TimeZone::get(text).map_err(|_| format!("`{text}` is no IANA time zone such as `Africa/Casablanca`"))
    });
    let time_zone = zone.unwrap_or_else(|| {
        TimeZone::get("Africa/Casablanca").expect("the bundled time zones have Africa/Casablanca")
    });
    let about = About {
        title: section.text("title").unwrap_or_else(|| "Revue de presse".to_owned()),
        publisher: section.text("publisher").unwrap_or_else(|| name.clone()),
        zone_name: time_zone.iana_name().unwrap_or("Africa/Casablanca").to_owned(),
        name,
        time_zone,
        sources: None,
        mails: false,
    };
    section.close();
    about
}

/// A file beside the store: `data/x/store.sqlite` → `data/x/bus.sqlite`.
pub(super) fn beside(store: &Path, what: &str) -> PathBuf {
    let stem = store.file_stem().and_then(|s| s.to_str()).unwrap_or("store");
    let name = if stem == "store" { format!("{what}.sqlite") } else { format!("{stem}.{what}.sqlite") };
    store.with_file_name(name)
}

fn store(top: &mut Section<'_>) -> (PathBuf, u32) {
    let node = top.take("store");
    let mut section = Section::open("store", node, top.errors());
    let path =
        PathBuf::from(section.required("path", "name the SQLite file, e.g. `data/maroc/store.sqlite`"));
    let keep_days = whole(section.integer("keep_breadcrumbs_days", 1..=36_500, 90));
    section.close();
    (path, keep_days)
}

fn state(top: &mut Section<'_>, store: &Path) -> PathBuf {
    let node = top.take("state");
    let mut section = Section::open("state", node, top.errors());
    let path = section.text("path").map_or_else(|| beside(store, "state"), PathBuf::from);
    section.close();
    path
}

/// Where exports are written, and the folder of their look. An empty name, as an environment may give, is none.
fn export(top: &mut Section<'_>, store: &Path) -> (PathBuf, Option<PathBuf>) {
    let node = top.take("export");
    let mut section = Section::open("export", node, top.errors());
    let dir = section.text("dir").map_or_else(|| store.with_file_name("editions"), PathBuf::from);
    let look = section.text("look").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    section.close();
    (dir, look)
}

fn crawl(top: &mut Section<'_>) -> (Settings, u64) {
    let node = top.take("crawl");
    let mut section = Section::open("crawl", node, top.errors());
    let product = section.text("agent").unwrap_or_else(|| "kiosque".to_owned());
    let contact =
        section.required("contact", "publishers must be able to reach you: give an address or an e-mail");
    let agent = Agent { product, version: env!("CARGO_PKG_VERSION").to_owned(), contact };
    if let Some(missing) = agent.missing().filter(|_| !agent.contact.is_empty()) {
        section.fail("agent", None, format!("`{}` lacks {missing}", agent.header()));
    }
    let mut settings = Settings::new(agent);
    let ms = 0..=3_600_000;
    settings.delay_ms = whole(section.integer("delay_ms", ms.clone(), signed(settings.delay_ms)));
    settings.max_crawl_delay_ms =
        whole(section.integer("max_crawl_delay_ms", ms, signed(settings.max_crawl_delay_ms)));
    settings.jitter_ms = whole(section.integer("jitter_ms", 0..=60_000, signed(settings.jitter_ms)));
    settings.timeout_ms = whole(section.integer("timeout_ms", 1..=600_000, signed(settings.timeout_ms)));
    settings.first_byte_ms =
        whole(section.integer("first_byte_ms", 1..=600_000, signed(settings.first_byte_ms)));
    settings.max_body_bytes =
        whole(section.integer("max_body_bytes", 1_024..=MAX_BODY_BYTES, signed(settings.max_body_bytes)));
    settings.max_redirects = whole(section.integer("max_redirects", 0..=50, signed(settings.max_redirects)));
    settings.hosts_at_once =
        whole(section.integer("hosts_at_once", 1..=10_000, signed(settings.hosts_at_once)));
    settings.retries = whole(section.integer("retries", 0..=20, signed(settings.retries)));
    settings.max_entries_per_source = whole(section.integer(
        "max_entries_per_source",
        1..=1_000_000,
        signed(settings.max_entries_per_source),
    ));
    settings.min_revisit_s =
        whole(section.integer("min_revisit_s", 1..=604_800, signed(settings.min_revisit_s)));
    settings.max_revisit_s =
        whole(section.integer("max_revisit_s", 1..=604_800, signed(settings.max_revisit_s)));
    settings.recheck_within_hours =
        whole(section.integer("recheck_within_hours", 0..=8_760, signed(settings.recheck_within_hours)));
    settings.proxy = section.parsed("proxy", |text| http_address(text).map(str::to_owned));
    settings.allow_private = section
        .list("allow_private", |text| {
            text.parse().map_err(|_| format!("`{text}` is no network such as `10.0.0.0/8`"))
        })
        .unwrap_or_default();
    let max_waiting = whole(section.integer("max_waiting", 1..=1_000_000_000, 2_000));
    section.close();
    (settings, max_waiting)
}

/// The archive of raw pages. An empty name, as an environment may give, is none.
fn archive(top: &mut Section<'_>) -> Option<ArchiveConfig> {
    let node = top.take("archive");
    let mut section = Section::open("archive", node, top.errors());
    let dir = section.text("dir").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let max_file_bytes = whole(section.integer("max_file_bytes", 1..=1_000_000_000_000, 1_000_000_000));
    section.close();
    dir.map(|dir| ArchiveConfig { dir, max_file_bytes })
}

/// The folder of the site rules. An empty name, as an environment may give, is none.
fn extract(top: &mut Section<'_>) -> Option<PathBuf> {
    let node = top.take("extract");
    let mut section = Section::open("extract", node, top.errors());
    let rules = section.text("rules").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    section.close();
    rules
}

/// The model and the folder of watchlists. An empty name, as an environment may give, is none.
fn classify(top: &mut Section<'_>) -> ClassifyConfig {
    let node = top.take("classify");
    let mut section = Section::open("classify", node, top.errors());
    let mut path = |key| section.text(key).filter(|name| !name.is_empty()).map(PathBuf::from);
    let classify = ClassifyConfig { model: path("model"), watch: path("watch") };
    section.close();
    classify
}

fn group(top: &mut Section<'_>) -> kiosque_group::Settings {
    let node = top.take("group");
    let mut section = Section::open("group", node, top.errors());
    let mut settings = kiosque_group::Settings::default();
    settings.window_days = whole(section.integer("window_days", 1..=60, signed(settings.window_days)));
    section.close();
    settings
}

fn serve_and_demo(top: &mut Section<'_>) -> (String, bool) {
    let node = top.take("serve");
    let mut section = Section::open("serve", node, top.errors());
    let listen = section.parsed("listen", |text| {
        text.parse::<std::net::SocketAddr>()
            .map(|address| address.to_string())
            .map_err(|_| format!("`{text}` is no address with a port such as `127.0.0.1:8080`"))
    });
    section.close();
    let node = top.take("demo");
    let mut section = Section::open("demo", node, top.errors());
    let press = section.flag("press", false);
    section.close();
    (listen.unwrap_or_else(|| "127.0.0.1:8080".to_owned()), press)
}

pub(super) fn http_address(text: &str) -> Result<&str, String> {
    let readable = kiosque_model::CanonicalUrl::parse(text).is_ok();
    if readable { Ok(text) } else { Err(format!("`{text}` is no http:// or https:// address")) }
}

pub(super) fn language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| format!("`{text}` is no language code such as `fr`"))
}

pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Carries a number whose range was checked into its field's type.
pub(super) fn whole<T: TryFrom<i64>>(number: i64) -> T {
    let Ok(number) = T::try_from(number) else { unreachable!("the range was checked when it was read") };
    number
}

/// The default of a field as the reader's number.
pub(super) fn signed<T: TryInto<i64>>(number: T) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
