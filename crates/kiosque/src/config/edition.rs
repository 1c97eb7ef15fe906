//! Reads the `[[edition]]` tables: each is one edition of the pipeline, for one house or one hour.

use std::collections::BTreeSet;

use kiosque_edition::{EditionSpec, Period, RubriqueSpec, Schedule, Subject};
use kiosque_model::{Language, Mode, Rubrique};

use super::read::{About, is_name, language, signed, whole};
use super::section::Section;

/// The editions of a pipeline; one with the defaults where the file has none.
pub(super) fn editions(top: &mut Section<'_>, about: &About) -> Vec<EditionSpec> {
    let nodes = top.tables("edition");
    let nodes = if nodes.is_empty() { vec![None] } else { nodes.into_iter().map(Some).collect() };
    let mut seen = BTreeSet::new();
    let mut specs = Vec::new();
    for node in nodes {
        let mut section = Section::open("edition", node, top.errors());
        let mut spec = EditionSpec::new("matin", about.time_zone.clone(), about.zone_name.clone());
        spec.title = section.text_at("title").map_or_else(
            || about.title.clone(),
            |(title, origin)| {
                if title.trim().is_empty() {
                    section.fail("title", Some(origin), "is empty; leave it out for the pipeline's");
                }
                title
            },
        );
        spec.publisher = section.text("publisher").unwrap_or_else(|| about.publisher.clone());
        spec.client = section.text("client");
        if let Some((name, origin)) = section.text_at("name") {
            if !is_name(&name) {
                section.fail("name", Some(origin), format!("`{name}` must be of a-z, 0-9 and `-`"));
            }
            spec.name = name;
        }
        if !seen.insert(spec.name.clone()) {
            section.fail("name", None, format!("`{}` is already another edition's name", spec.name));
        }
        if let Some(language) = section.parsed("language", spoken) {
            spec.language = language;
        }
        hours(&mut section, &mut spec, about);
        limits(&mut section, &mut spec);
        rubriques(&mut section, &mut spec);
        weights(&mut section, &mut spec, about);
        law(&mut section, &mut spec);
        section.close();
        specs.push(spec);
    }
    specs
}

/// A language the interface speaks.
fn spoken(text: &str) -> Result<Language, String> {
    let known = kiosque_edition::languages();
    if known.contains(&text) {
        return language(text);
    }
    Err(format!("`{text}` is none of {}", known.map(|code| format!("`{code}`")).join(", ")))
}

/// When it is issued, what time it covers, which articles it takes.
fn hours(section: &mut Section<'_>, spec: &mut EditionSpec, about: &About) {
    spec.schedule = section.parsed("schedule", str::parse::<Schedule>);
    spec.mail = section.flag("mail", false);
    if spec.mail && spec.schedule.is_none() {
        section.fail("mail", None, "is for an edition with a `schedule`: it is mailed at its hour");
    }
    if spec.mail && !about.mails {
        section.fail("mail", None, "asks for a `[mail]` section with `recipients`");
    }
    if let Some(days) = section.integer_if("days", 1..=31) {
        spec.period = Period::Days(whole(days));
    }
    spec.recipients = whole(section.integer("recipients", 0..=100_000_000, signed(spec.recipients)));
    let ids = |text: &str| {
        if is_name(text) {
            about.known_source(text).map(|()| text.to_owned())
        } else {
            Err(format!("`{text}` must be of a-z, 0-9 and `-`"))
        }
    };
    spec.selection.sources = section.list("sources", ids).unwrap_or_default();
    spec.selection.without_sources = section.list("without_sources", ids).unwrap_or_default();
    spec.selection.languages = section.list("languages", language).unwrap_or_default();
    spec.selection.watchlists = section.list("watchlists", |name| Ok(name.to_owned())).unwrap_or_default();
}

fn limits(section: &mut Section<'_>, spec: &mut EditionSpec) {
    spec.front_items = whole(section.integer("front_items", 0..=100, signed(spec.front_items)));
    spec.max_per_section = whole(section.integer("max_per_section", 1..=1_000, signed(spec.max_per_section)));
    spec.more_per_section =
        whole(section.integer("more_per_section", 0..=1_000, signed(spec.more_per_section)));
    spec.min_outlets = whole(section.integer("min_outlets", 1..=100, signed(spec.min_outlets)));
    spec.extract_words = whole(section.integer("extract_words", 0..=500, signed(spec.extract_words)));
    spec.extract_share = section.fraction("extract_share", 0.0..=1.0, spec.extract_share);
    spec.max_share_of_source = section.fraction("max_share_of_source", 0.0..=1.0, spec.max_share_of_source);
}

fn rubriques(section: &mut Section<'_>, spec: &mut EditionSpec) {
    let mistakes = section.errors().len();
    if let Some(order) = section.list("rubriques", str::parse::<Subject>) {
        if order.is_empty() && section.errors().len() == mistakes {
            section.fail("rubriques", None, "is empty; leave it out for all of them");
        }
        spec.rubriques = order.into_iter().map(RubriqueSpec::new).collect();
    }
    let node = section.take("into");
    let mut into = Section::open("edition.into", node, section.errors());
    for rubrique in Rubrique::ALL {
        let printed = |slug: &str| printed_under(spec, rubrique, slug);
        if let Some(at) = into.parsed(rubrique.slug(), printed) {
            spec.rubriques[at].also.push(rubrique);
        }
    }
    into.close();
    let node = section.take("labels");
    let mut labels = Section::open("edition.labels", node, section.errors());
    for rubrique in Rubrique::ALL {
        if let Some(label) = labels.text(rubrique.slug()) {
            of(spec, rubrique, |r| r.label.clone_from(&label));
        }
    }
    labels.close();
    let node = section.take("max_items");
    let mut most = Section::open("edition.max_items", node, section.errors());
    for rubrique in Rubrique::ALL {
        if let Some(items) = most.integer_if(rubrique.slug(), 0..=1_000) {
            of(spec, rubrique, |r| r.max_items = Some(whole(items)));
        }
    }
    most.close();
    let node = section.take("min_items");
    let mut least = Section::open("edition.min_items", node, section.errors());
    for rubrique in Rubrique::ALL {
        if let Some(items) = least.integer_if(rubrique.slug(), 0..=1_000) {
            of(spec, rubrique, |r| r.min_items = whole(items));
        }
    }
    least.close();
}

/// The place of the rubrique that another one is to be printed under.
fn printed_under(spec: &EditionSpec, rubrique: Rubrique, slug: &str) -> Result<usize, String> {
    let at = |of: Rubrique| spec.rubriques.iter().position(|r| r.subject == Subject::Rubrique(of));
    if at(rubrique).is_some() {
        return Err(format!("`{}` is among `rubriques` itself", rubrique.slug()));
    }
    at(slug.parse()?).ok_or_else(|| format!("`{slug}` is not among `rubriques`"))
}

fn of(spec: &mut EditionSpec, rubrique: Rubrique, change: impl Fn(&mut RubriqueSpec)) {
    let subject = Subject::Rubrique(rubrique);
    spec.rubriques.iter_mut().filter(|r| r.subject == subject).for_each(change);
}

fn weights(section: &mut Section<'_>, spec: &mut EditionSpec, about: &About) {
    let any = || -1_000.0..=1_000.0;
    let node = section.take("ranking");
    let mut ranking = Section::open("edition.ranking", node, section.errors());
    let weights = &mut spec.ranking;
    for (key, weight) in [
        ("coverage", &mut weights.coverage),
        ("depth", &mut weights.depth),
        ("reach", &mut weights.reach),
        ("recency", &mut weights.recency),
        ("prominence", &mut weights.prominence),
        ("watchlist", &mut weights.watchlist),
        ("languages", &mut weights.languages),
        ("opinion", &mut weights.opinion),
    ] {
        *weight = ranking.fraction(key, any(), *weight);
    }
    ranking.close();
    let node = section.take("noise");
    let mut noise = Section::open("edition.noise", node, section.errors());
    for (key, weight) in ["tier1", "tier2", "tier3"].into_iter().zip(&mut spec.noise.tier) {
        *weight = noise.fraction(key, 0.0..=1_000_000.0, *weight);
    }
    spec.noise.copy = noise.fraction("copy", 0.0..=1.0, spec.noise.copy);
    spec.noise.length = noise.fraction("length", 0.0..=1.0, spec.noise.length);
    let node = noise.take("outlets");
    let mut outlets = Section::open("edition.noise.outlets", node, noise.errors());
    spec.noise.outlets = outlets.fractions(0.0..=1_000_000.0);
    for outlet in spec.noise.outlets.keys() {
        if let Err(message) = about.known_source(outlet) {
            outlets.fail(outlet, None, message);
        }
    }
    outlets.close();
    noise.close();
}

fn law(section: &mut Section<'_>, spec: &mut EditionSpec) {
    let node = section.take("law");
    let mut law = Section::open("edition.law", node, section.errors());
    let terms = &mut spec.law;
    let modes = Mode::ALL.map(|mode| (mode.name(), mode));
    terms.mode = law.choice("mode", &modes, terms.mode);
    terms.panorama_words = whole(law.integer("panorama_words", 0..=100_000, signed(terms.panorama_words)));
    terms.panorama_share = law.fraction("panorama_share", 0.0..=1.0, terms.panorama_share);
    terms.max_share_of_publication =
        law.fraction("max_share_of_publication", 0.0..=1.0, terms.max_share_of_publication);
    terms.licence = law.text("licence");
    if terms.mode == Mode::Panorama && terms.licence.as_ref().is_none_or(|mention| mention.trim().is_empty())
    {
        law.fail("licence", None, "is missing; a panorama carries the mention of its licence");
    }
    terms.mentions = law.list("mentions", |text| Ok(text.to_owned())).unwrap_or_default();
    terms.quote_reserved = law.flag("quote_reserved", terms.quote_reserved);
    law.close();
}
