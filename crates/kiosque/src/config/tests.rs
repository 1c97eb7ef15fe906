//! Configurations right and wrong, and every word of what is said about them.

use super::*;

fn said(text: &str, variables: &[(&str, &str)]) -> String {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::parse("p.toml", text, variables).unwrap_err().to_string()
}

const GOOD: &str = r#"
[pipeline]
name = "p"
[crawl]
contact = "desk@p.example"
[store]
path = "d/store.sqlite"
[[source]]
id = "a"
url = "https://a.example/feed"
"#;

#[test]
fn the_least_pipeline_has_defaults_for_the_rest() {
    let config = Config::parse("p.toml", GOOD, []).unwrap();
    assert_eq!(config.bus, BusConfig::Embedded { path: "d/bus.sqlite".into(), keep_days: 7 });
    assert_eq!(config.state, PathBuf::from("d/state.sqlite"));
    assert_eq!(config.export_dir, PathBuf::from("d/editions"));
    assert_eq!(config.crawl.delay_ms, 1_000);
    assert!(config.crawl.allow_private.is_empty());
    assert_eq!(config.rules, None);
    assert_eq!(config.editions.len(), 1);
    assert_eq!(config.time_zone.iana_name(), Some("Africa/Casablanca"));
}

#[test]
fn the_environment_lies_over_the_file() {
    let variables = [
        ("KIOSQUE__STORE__PATH", "/x/day.sqlite"),
        ("KIOSQUE__CRAWL__DELAY_MS", "250"),
        ("KIOSQUE__CRAWL__ALLOW_PRIVATE", "10.0.0.0/8, 127.0.0.0/8"),
        ("KIOSQUE__BUS__KIND", "memory"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::parse("p.toml", GOOD, variables).unwrap();
    assert_eq!(config.state, PathBuf::from("/x/day.state.sqlite"));
    assert_eq!((config.crawl.delay_ms, config.crawl.allow_private.len()), (250, 2));
    assert_eq!(config.bus, BusConfig::Memory);
}

#[test]
fn watchlists_and_a_model_of_ones_own_are_named_and_not_opened() {
    let text = format!("{GOOD}[classify]\nwatch = \"no/watch\"\nmodel = \"\"\n");
    let config = Config::parse("p.toml", &text, []).unwrap();
    assert_eq!((config.classify.watch, config.classify.model), (Some(PathBuf::from("no/watch")), None));
    let wrong = said(&format!("{GOOD}[classify]\nwatch = 3\nmodels = \"a\"\n"), &[]);
    assert!(wrong.contains("`classify.watch` expected a text in quotes"), "{wrong}");
    assert!(wrong.contains("`classify.models` unknown key; did you mean `model`?"), "{wrong}");
}

#[test]
fn the_folder_of_site_rules_is_named_and_not_opened() {
    let check = |text: &str, variable: &str, expected: Option<&str>| {
        let variables: &[_] =
            if variable == "unset" { &[] } else { &[("KIOSQUE__EXTRACT__RULES".into(), variable.into())] };
        let config = Config::parse("p.toml", &format!("{GOOD}{text}"), variables.to_vec()).unwrap();
        assert_eq!(config.rules, expected.map(PathBuf::from), "{text} {variable}");
    };
    check("[extract]\nrules = \"no/such/folder\"\n", "unset", Some("no/such/folder"));
    check("[extract]\nrules = \"a\"\n", "b", Some("b"));
    check("[extract]\nrules = \"a\"\n", "", None);
    check("[extract]\n", "unset", None);
    let wrong = said(&format!("{GOOD}[extract]\nrules = 3\nrule = \"a\"\n"), &[]);
    assert!(wrong.contains("`extract.rules` expected a text in quotes, found a whole number"), "{wrong}");
    assert!(wrong.contains("`extract.rule` unknown key; did you mean `rules`?"), "{wrong}");
}

#[test]
fn every_mistake_is_told_at_once_with_key_and_line() {
    let text = r#"
surprise = 1
[pipeline]
name = ""
time_zone = "Mars/Olympus"
[crawl]
delay = 3
delay_ms = "fast"
allow_private = ["10.0.0.0/99"]
proxy = "proxy:3128"
[bus]
kind = "carrier-pigeon"
[store]
[serve]
listen = "here"
[[edition]]
name = "Matin"
rubriques = ["sports"]
[[source]]
id = "a"
url = "feed.xml"
tier = 9
[[source]]
id = "a"
"#;
    insta::assert_snapshot!(said(text, &[("KIOSQUE__CRAWL__RETRIES", "many")]));
}

#[test]
fn a_file_that_is_no_toml_is_told_by_line() {
    insta::assert_snapshot!(said("[pipeline\nname = \"p\"\n= 3\n", &[]));
}

#[test]
fn the_documented_example_is_valid() {
    let docs = include_str!("../../../../docs/pipelines.md");
    let example = docs.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let config = Config::parse("docs/pipelines.md", example, []).unwrap();
    assert_eq!(config.sources[0].name_ar.as_deref(), Some("الجريدة"));
    assert_eq!(config.editions[0].rubriques[1].label, "Eco Business");
    // The house of nine rubriques prints all that the classifier knows, and press releases.
    let house = docs.split("```toml").find(|block| block.contains("\"liste:")).unwrap();
    let house = format!("{GOOD}{}", house.split("```").next().unwrap());
    let spec = &Config::parse("docs/pipelines.md", &house, []).unwrap().editions[0];
    assert_eq!(spec.rubriques.len(), 9);
    assert!(kiosque_model::Rubrique::ALL.into_iter().all(|rubrique| spec.place_of(rubrique).is_some()));
}

#[test]
fn an_edition_nobody_can_mean_is_refused() {
    for (edition, key, message) in [
        ("language = \"de\"", "edition.language", "`de` is none of `fr`"),
        ("title = \" \"", "edition.title", "is empty"),
        ("rubriques = []", "edition.rubriques", "is empty"),
        ("schedule = \"0 7 31 2 *\"", "edition.schedule", "never comes"),
        ("sources = [\"a\", \"nobody\"]", "edition.sources", "`nobody` is no source"),
        ("without_sources = [\"aa\"]", "edition.without_sources", "did you mean `a`?"),
        ("[edition.noise.outlets]\nnobody = 2", "edition.noise.outlets.nobody", "is no source"),
        ("[edition.law]\nmode = \"panorama\"", "edition.law.licence", "mention of its licence"),
        ("mail = true\nschedule = \"0 7 * * *\"", "edition.mail", "`[mail]` section with `recipients`"),
        ("mail = true", "edition.mail", "its hour"),
    ] {
        let text = format!("{GOOD}[[edition]]\nname = \"soir\"\n{edition}\n");
        let told = Config::parse("p.toml", &text, []).unwrap_err().to_string();
        assert!(told.contains(&format!("`{key}` ")) && told.contains(message), "{edition}: {told}");
    }
}

#[test]
fn the_demo_is_valid() {
    assert!(Config::parse(DEMO_PATH, DEMO, []).unwrap().invented_press);
}

const KAFKA: &str = "[pipeline]\nname = \"k\"\n[crawl]\ncontact = \"k@kiosque.example\"\n[store]\npath = \"s.sqlite\"\n\
    [[source]]\nid = \"a\"\nurl = \"http://a.example/\"\n[bus]\nkind = \"kafka\"\nbrokers = \"localhost:9092\"\n";

#[test]
fn secrets_come_from_the_environment_and_never_from_the_file() {
    let said = |more: &str, variables: &[(&str, &str)]| {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::parse("k.toml", &format!("{KAFKA}{more}"), variables).map(drop).map_err(|e| e.to_string())
    };
    let sasl = "sasl_mechanism = \"PLAIN\"\nsasl_username = \"k\"\n";
    assert_eq!(said("", &[]), Ok(()));
    assert_eq!(said(sasl, &[("KIOSQUE__BUS__SASL_PASSWORD", "sesame")]), Ok(()));
    assert_eq!(said(&format!("{sasl}sasl_password_file = \"/run/secrets/k\"\n"), &[]), Ok(()));
    for (more, key) in [
        (format!("{sasl}sasl_password = \"sesame\"\n"), "`bus.sasl_password`"),
        (sasl.to_owned(), "`bus.sasl_password_file`"),
        ("[bus.client]\nsasl_password = \"sesame\"\n".to_owned(), "`bus.client`"),
        ("[bus.client]\n\"ssl.key.password\" = \"sesame\"\n".to_owned(), "`bus.client`"),
    ] {
        let told = said(&more, &[]).unwrap_err();
        assert!(told.contains(key) && !told.contains("sesame"), "{told}");
    }
}

#[test]
fn a_page_that_is_fetched_must_fit_on_the_bus() {
    let small = format!("{KAFKA}max_message_bytes = 200000\n");
    let told = Config::parse("k.toml", &small, []).unwrap_err().to_string();
    assert!(told.contains("`bus.max_message_bytes`") && told.contains("crawl.max_body_bytes"), "{told}");
}

#[test]
fn the_catalogues_say_how_far_they_can_be_trusted() {
    let check = |file: &str, text: &str| {
        let config = Config::parse(file, text, []).unwrap();
        let all = &config.sources;
        assert!(all.iter().filter(|source| source.enabled).count() >= 50, "{file}");
        assert!(all.iter().map(|source| source.feeds.len()).sum::<usize>() >= 50, "{file}");
        for source in all {
            let id = &source.id;
            assert!(source.enabled || source.reason.is_some(), "{id} is off without a reason");
            assert!(!(source.enabled && source.trust == Trust::Guessed), "{id} is guessed and on");
            assert!(
                !(source.enabled && source.rights == kiosque_model::Rights::Forbidden),
                "{id} is forbidden and on"
            );
            assert!(source.name_ar.is_some(), "{id} has no name in Arabic");
            assert!(source.language.is_some() && source.medium.is_some() && source.country.is_some(), "{id}");
            let mut guessed =
                source.feeds.iter().filter(|f| f.note.as_deref().is_some_and(|n| n.contains("deviné")));
            assert!(guessed.all(|feed| !feed.enabled), "{id} has a guessed feed that is on");
        }
    };
    check("maroc.toml", include_str!("../../../../pipelines/maroc.toml"));
    check("france.toml", include_str!("../../../../pipelines/france.toml"));
}

#[test]
fn a_house_prints_rubriques_of_its_own() {
    let edition = |lines: &str| format!("{GOOD}\n[[edition]]\nname = \"matin\"\n{lines}\n");
    let order = "rubriques = [\"politique\", \"liste:Communiqué\", \"sport\"]";
    let text = edition(&format!("{order}\n[edition.into]\nmeteo = \"politique\"\nsociete = \"politique\""));
    let config = Config::parse("p.toml", &text, []).unwrap();
    let printed: Vec<_> =
        config.editions[0].rubriques.iter().map(|r| (r.subject.id(), r.also.len())).collect();
    let expected = [("politique", 2), ("liste:Communiqué", 0), ("sport", 0)];
    assert_eq!(printed, expected.map(|(id, also)| (id.to_owned(), also)));
    for (into, expected) in [
        ("meteo = \"culture\"", "`edition.into.meteo` `culture` is not among `rubriques`"),
        ("sport = \"politique\"", "`edition.into.sport` `sport` is among `rubriques` itself"),
        ("pluie = \"politique\"", "edition.into.pluie"),
    ] {
        let said = said(&edition(&format!("{order}\n[edition.into]\n{into}")), &[]);
        assert!(said.contains(expected), "{said}");
    }
    let said = said(&edition("rubriques = [\"liste:\"]"), &[]);
    assert!(said.contains("`liste:` names no watchlist"), "{said}");
}

#[test]
fn a_source_has_feeds_of_its_rubriques() {
    let feeds = "feeds = [\n  { url = \"https://a.example/sport\", rubrique = \"sport\" },\n  { url = \"https://a.example/eco\", enabled = false },\n]\n";
    let config = Config::parse("p.toml", &format!("{GOOD}{feeds}"), []).unwrap();
    let told: Vec<_> = config.sources[0]
        .feeds
        .iter()
        .map(|f| (f.rubrique.map(kiosque_model::Rubrique::slug), f.enabled))
        .collect();
    assert_eq!(told, [(Some("sport"), true), (None, false)]);
    let wrong = "rights = \"all\"\nfeeds = [\n  { url = \"x\" },\n  { url = \"https://a.example/1\", rubrique = \"sports\" },\n  { url = \"https://a.example/1\", tag = 1 },\n]\n";
    let said = said(&format!("{GOOD}{wrong}"), &[]);
    for part in [
        "line 13: `source.feeds.url` `x` is no http:// or https:// address",
        "line 14: `source.feeds.rubrique` unknown rubrique `sports`",
        "line 15: `source.feeds.url` `https://a.example/1` is listed twice",
        "line 15: `source.feeds.tag` unknown key",
        "line 11: `source.rights` `all` is none of `licensed`, `quote`, `none`, `forbidden`",
    ] {
        assert!(said.contains(part), "no `{part}` in {said}");
    }
}
