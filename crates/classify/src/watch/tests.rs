//! What rules meet and do, and what their files may not say.

use kiosque_model::{Article, CanonicalUrl, SourceId};

use super::*;

fn tagged(title: &str, text: &str) -> Tagged {
    let url = CanonicalUrl::parse("https://a.example/x").unwrap();
    let at = "2026-10-06T07:00:00Z".parse().unwrap();
    let mut article = Article::new(url.to_string(), url, SourceId("gazette".into()), at);
    article.title = Some(title.to_owned());
    article.text = text.to_owned();
    Tagged { language: Language::from_tag("fr"), ..Tagged::new(article, Rubrique::Societe, 0.4) }
}

fn set(rule: &str) -> WatchSet {
    let text = format!(
        "version = 3\n[[name]]\nid = \"ocp\"\naliases = [\"OCP\", \"المكتب الشريف للفوسفاط\"]\n[[rule]]\nid = \"r\"\nwatchlist = \"Clients\"\n{rule}"
    );
    WatchSet::parse([("a.toml", text.as_str())]).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// The words a rule meets in a text; none where it does not apply.
fn check(rule: &str, text: &str, expected: Option<&[&str]>) {
    let placements = set(rule).placements(&tagged("Un titre", text));
    let met: Option<Vec<&str>> =
        placements.first().map(|p| p.mentions.iter().map(|m| m.text.as_str()).collect());
    assert_eq!(met.as_deref(), expected, "{rule} on {text}");
}

#[test]
fn words_and_phrases_are_met_whole_and_blind_to_accents() {
    check("any = [\"sécheresse\"]", "La SECHERESSE dure.", Some(&["SECHERESSE"]));
    check("any = [\"eau\"]", "Les eaux montent au bureau.", None);
    check("any = [\"phosphat*\"]", "Le prix des phosphates.", Some(&["phosphates"]));
    check(
        "any = [\"banque centrale\"]",
        "La Banque centrale baisse. La banque. Centrale ?",
        Some(&["Banque centrale"]),
    );
    check("any = [\"CAN\"]", "He can. La CAN débute.", Some(&["CAN"]));
    check("any = [\"@ocp\"]", "L'OCP recrute.", Some(&["OCP"]));
}

#[test]
fn arabic_words_are_met_behind_their_particles() {
    check("any = [\"@ocp\"]", "أعلن المكتب الشريف للفوسفاط", Some(&["المكتب الشريف للفوسفاط"]));
    check("any = [\"@ocp\"]", "وبالمكتب الشريف للفوسفاط", Some(&["وبالمكتب الشريف للفوسفاط"]));
    check("any = [\"ملعب\"]", "في الملعب وبملعب طنجة وللملعب", Some(&["الملعب", "وبملعب", "وللملعب"]));
    check("any = [\"الحسن\"]", "وقال حسن", None);
    check("any = [\"أكادير\"]", "بمدينة اكادِير ولأكادير", Some(&["اكادِير", "ولأكادير"]));
    check("any = [\"المغرب\"]", "للمغرب موعد", Some(&["للمغرب"]));
}

#[test]
fn conditions_are_met_together() {
    check("all = [\"port\", \"grève\"]", "Le port est calme.", None);
    check("all = [\"port\", \"grève\"]", "Grève au port.", Some(&["Grève", "port"]));
    check("any = [\"port\"]\nnot = [\"aéroport\", \"port de plaisance\"]", "Le port de plaisance.", None);
    check(
        "near = { words = [\"phosphat*\", \"prix\"], within = 3 }",
        "Le prix du phosphate",
        Some(&["prix", "phosphate"]),
    );
    check(
        "near = { words = [\"phosphat*\", \"prix\"], within = 3 }",
        "Le prix de tout, même parfois du phosphate",
        None,
    );
    // The place nearest to the first word may be too far from the third, another of them not.
    check(
        "near = { words = [\"port\", \"grève\", \"accord\"], within = 4 }",
        "Accord au port. Une grève ? Grève du port : pas encore d'accord, dit-on.",
        Some(&["Accord", "port", "grève"]),
    );
    check(
        "near = { words = [\"port\", \"grève\", \"accord\"], within = 3 }",
        "Grève un port et puis un accord avec le port et la grève",
        None,
    );
    check(
        "near = { words = [\"port\", \"grève\", \"accord\"], within = 4 }",
        "Grève un port et puis un accord au port, grève",
        Some(&["accord", "port", "grève"]),
    );
    check("any = [\"port\"]\nsources = [\"matin\"]", "Le port.", None);
    check("any = [\"port\"]\nsources = [\"gazette\"]\nlanguages = [\"fr\"]", "Le port.", Some(&["port"]));
    check("rubriques = [\"societe\"]", "Le port.", Some(&[]));
    check("rubriques = [\"sport\"]", "Le port.", None);
    check("any = [\"titre\"]\nin = \"text\"", "Le port.", None);
    check("any = [\"titre\"]\nin = \"title\"", "Le port.", Some(&["titre"]));
    check("any = [\"port\"]\nenabled = false", "Le port.", None);
}

#[test]
fn a_rule_says_what_it_did_and_where() {
    let set = set("rubrique = \"economie\"\nany = [\"@ocp\"]");
    let mut article = tagged("Un titre", "Première ligne.\nLe géant OCP recrute.");
    article.because = vec!["recrute".to_owned(), "incertain\u{a0}: peut-être Sport".to_owned()];
    set.apply(&mut article);
    assert_eq!(article.because[1..], ["recrute"], "an editor's rule leaves nothing to be unsure of");
    assert_eq!((article.rubrique, article.confidence, article.uncertain), (Rubrique::Economie, 1.0, false));
    assert_eq!(article.rubrique_by_itself(), Rubrique::Societe);
    assert_eq!(article.because[0], "règle r (version 3)\u{a0}: OCP");
    let placement = &article.placements[0];
    assert_eq!(
        (placement.rule.as_str(), placement.version, placement.watchlist.as_deref()),
        ("r", 3, Some("Clients"))
    );
    let place = placement.mentions[0].place;
    assert_eq!((place.block, place.start, place.end), (1, 25, 28));
    // Once more changes nothing: rules ask for what the classifier said.
    let again = set.placements(&article);
    assert_eq!(again, article.placements);
}

#[test]
fn the_first_rule_gives_the_rubrique_and_all_put_on_lists() {
    let rules = "version = 1\n[[rule]]\nid = \"a\"\nrubrique = \"sport\"\nany = [\"port\"]\n\
                 [[rule]]\nid = \"b\"\nrubrique = \"culture\"\nwatchlist = \"Ville\"\nany = [\"port\"]\n";
    let set = WatchSet::parse([("a.toml", rules)]).unwrap();
    let mut article = tagged("Le port", "");
    set.apply(&mut article);
    assert_eq!(article.rubrique, Rubrique::Sport);
    assert_eq!(
        article.placements.iter().map(|p| p.rubrique).collect::<Vec<_>>(),
        [Some(Rubrique::Sport), None]
    );
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let told = |files: &[(&str, &str)]| {
        let errors = WatchSet::parse(files.iter().copied()).unwrap_err();
        errors.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let text = "[[name]]\nid = \"Bad Id\"\naliases = []\n[[rule]]\nid = \"r\"\nany = [\"@nobody\", \"a\", 3]\nin = \"lead\"\n\
                near = { words = [\"x\"], within = 0 }\nrubrique = \"sports\"\n[[rule]]\nid = \"r\"\nwatchlist = \"L\"\nwords = [\"x\"]\n";
    let expected = [
        "`a.toml` line 1, key `version`: is missing; begin with `version = 1` and add one with every change",
        "`a.toml` line 1, key `name.aliases`: is missing; give every spelling, in Latin and Arabic letters",
        "`a.toml` line 2, key `name.id`: `Bad Id` must be of a-z, 0-9 and `-`",
        "`a.toml` line 6, key `rule.any`: must be a text or a list of texts",
        "`a.toml` line 6, key `rule.any`: no `[[name]]` has the id `nobody`",
        "`a.toml` line 6, key `rule.any`: `a` is too short: two letters at least",
        "`a.toml` line 7, key `rule.in`: `lead` is neither `title` nor `text`; leave it out for both",
        "`a.toml` line 8, key `rule.near.words`: must hold two terms or more",
        "`a.toml` line 8, key `rule.near.words`: `x` is too short: two letters at least",
        "`a.toml` line 8, key `rule.near.within`: expected a whole number from 1 to 100",
    ];
    let found = told(&[("a.toml", text)]);
    for message in expected {
        assert!(found.iter().any(|f| f == message), "{message}\nis not in {found:#?}");
    }
    assert!(found.iter().any(|f| f.contains("key `rule.rubrique`: unknown rubrique `sports`")), "{found:#?}");
    assert!(found.iter().any(|f| f.contains("line 10, key `rule`: asks for nothing")), "{found:#?}");
    assert!(
        found.iter().any(|f| f.contains("line 13, key `rule.words`: there is no such key")),
        "{found:#?}"
    );
    let two = "version = 1\n[[rule]]\nid = \"r\"\nwatchlist = \"L\"\nany = [\"port\"]\n";
    assert_eq!(
        told(&[("a.toml", two), ("b.toml", two)]),
        ["`b.toml` line 2, key `rule.id`: `r` is already another rule's id"]
    );
    let none = "version = 1\n[[rule]]\nid = \"r\"\nwatchlist = \"L\"\nnear = []\n";
    assert_eq!(told(&[("a.toml", none)]), ["`a.toml` line 5, key `rule.near`: is empty; leave it out"]);
    assert_eq!(told(&[("a.toml", "version = [")]).len(), 1);
}

#[test]
fn names_are_shared_by_the_files_of_a_set() {
    let names = "version = 1\n[[name]]\nid = \"ville\"\naliases = [\"Rabat\", \"الرباط\"]\n";
    let rule = "version = 2\n[[rule]]\nid = \"r\"\nwatchlist = \"Ville\"\nany = [\"@ville\"]\n";
    let set = WatchSet::parse([("a.toml", rule), ("b.toml", names)]).unwrap();
    assert_eq!(set.placements(&tagged("À Rabat", "بالرباط"))[0].mentions.len(), 2);
    assert_eq!(
        (set.rules()[0].id(), set.rules()[0].place(), set.rules()[0].version()),
        ("r", ("a.toml", 2), 2)
    );
}
