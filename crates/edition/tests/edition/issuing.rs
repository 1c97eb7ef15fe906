//! An edition in the store: decided on, frozen, published, corrected; and what comes too late for it.

use kiosque_edition::{
    Act, EditionError, EditionSpec, Format, GroupBy, build, close, dates_of, freeze, publication, publish,
    render, thaw, usual_mode, waiting,
};
use kiosque_model::{EditionState, Mode};
use kiosque_store::Distribution;

use crate::desk::{Desk, at, how};
use crate::morning::{date, spec, stories};

#[test]
fn decisions_survive_new_articles_and_another_reading() {
    let desk = Desk::new();
    let first = build(&desk.store, &spec(), date()).unwrap().edition;
    let (lead, last) = (first.front[0].article.clone(), first.front[7].article.clone());
    desk.decide(Some(&last), &Act::Pin { position: Some(1) });
    desk.decide(Some(&last), &Act::Retitle { title: "Notre titre".to_owned() });
    desk.decide(Some(&lead), &Act::Drop { only: false });
    let decided = build(&desk.store, &spec(), date()).unwrap();
    assert!(decided.changed && decided.edition.front[0].article == last);
    let mut again = desk.articles.clone();
    for tagged in &mut again {
        tagged.article.text.push_str(" Une phrase de plus.");
        tagged.article.fetched_at += jiff::SignedDuration::from_hours(1);
    }
    desk.put(&again);
    desk.put(&[desk.evening("2026-10-07T20:40:00Z")]);
    let rebuilt = build(&desk.store, &spec(), date()).unwrap().edition;
    assert_eq!((&*rebuilt.front[0].title, rebuilt.front[0].pinned), ("Notre titre", true));
    assert!(rebuilt.items().all(|item| item.article != lead));
    assert!(rebuilt.items().any(|item| item.title == "Une nouvelle du soir"));
}

#[test]
fn a_frozen_edition_takes_corrections_and_no_news_until_it_is_thawed() {
    let desk = Desk::new();
    let frozen = freeze(&desk.store, &spec(), date(), ("Desk", at("18:00"))).unwrap().edition;
    assert_eq!(frozen.state, EditionState::Frozen);
    desk.put(&[desk.evening("2026-10-07T20:40:00Z")]);
    let number = frozen.front[0].number;
    desk.decide(Some(&frozen.front[0].article), &Act::Retitle { title: "Corrigé".to_owned() });
    let built = build(&desk.store, &spec(), date()).unwrap().edition;
    assert_eq!((built.front[0].number, &*built.front[0].title), (number, "Corrigé"));
    assert!(built.errata.is_empty() && built.items().count() == frozen.items().count());
    let thawed = thaw(&desk.store, &spec(), date(), ("Desk", at("21:00"))).unwrap().edition;
    assert!(thawed.items().any(|item| item.title == "Une nouvelle du soir"));
    assert_eq!(&*thawed.items().find(|i| i.article == frozen.front[0].article).unwrap().title, "Corrigé");
    assert!(matches!(
        thaw(&desk.store, &spec(), date(), ("Desk", at("21:00"))),
        Err(EditionError::State { .. })
    ));
}

#[test]
fn a_published_edition_is_corrected_by_errata_in_a_new_revision() {
    let desk = Desk::new();
    let out = publish(&desk.store, &spec(), date(), ("Desk", at("18:00"))).unwrap().edition;
    let again = publish(&desk.store, &spec(), date(), ("Desk", at("18:05"))).unwrap();
    assert!(
        !again.changed
            && again.edition == out
            && publication(&desk.store, &spec(), date(), how()).unwrap().is_none()
    );
    let (first, second) = (&out.front[0], &out.front[1]);
    desk.decide(Some(&first.article), &Act::Retitle { title: "Le bon titre".to_owned() });
    desk.decide(Some(&second.article), &Act::Drop { only: false });
    let slip = desk.decide(None, &Act::Erratum { text: "À taire".to_owned() });
    desk.decide(None, &Act::Undo { number: slip });
    desk.decide(None, &Act::Erratum { text: "Deux corrections.".to_owned() });
    let held = build(&desk.store, &spec(), date()).unwrap();
    assert!(!held.changed && held.edition == out);
    let corrected = publish(&desk.store, &spec(), date(), ("Desk", at("19:00"))).unwrap().edition;
    assert_eq!(corrected.revision, out.revision + 1);
    let errata: Vec<_> =
        corrected.errata.iter().map(|e| (e.revision, &*e.kind, e.number, &*e.text)).collect();
    assert_eq!(
        errata,
        [
            (2, "retitle", Some(1), "Le bon titre"),
            (2, "drop", Some(2), ""),
            (2, "", None, "Deux corrections.")
        ]
    );
    // The others keep their numbers.
    assert_eq!(corrected.front[1].number, 3);
    let printed = kiosque_edition::render(&corrected, Format::Markdown, GroupBy::Rubrique).unwrap();
    let printed = String::from_utf8(printed).unwrap();
    assert!(printed.contains("a été retiré") && !printed.contains("devient «\u{a0}»"));
    // Its source may have forbidden it.
    assert!(!printed.contains(&second.title));
    assert!(matches!(
        freeze(&desk.store, &spec(), date(), ("Desk", at("20:00"))),
        Err(EditionError::State { .. })
    ));
}

#[test]
fn what_would_move_items_of_a_frozen_edition_is_told_to_wait() {
    let desk = Desk::grouped();
    let told = || waiting(&desk.store, &spec(), date()).unwrap();
    let early = desk.decide(None, &Act::Note { text: "Avant".to_owned() });
    let frozen = freeze(&desk.store, &spec(), date(), how()).unwrap().edition;
    let (first, last) = (&frozen.front[0].article, &frozen.items().last().unwrap().article);
    assert!(told().is_empty(), "{early}");
    desk.decide(Some(first), &Act::Retitle { title: "Corrigé".to_owned() });
    let pin = desk.decide(Some(last), &Act::Pin { position: Some(1) });
    let merge = desk.decide(Some(first), &Act::Merge { with: last.clone() });
    // Of stories of another day, which the decision is for as well.
    let elsewhere = kiosque_model::PageId("elsewhere".to_owned());
    desk.decide(Some(&elsewhere), &Act::Merge { with: elsewhere.clone() });
    assert_eq!(told(), [pin, merge]);
    desk.decide(None, &Act::Undo { number: pin });
    assert_eq!(told(), [merge]);
    publish(&desk.store, &spec(), date(), how()).unwrap();
    assert!(told().is_empty());
}

#[test]
fn what_many_decide_at_once_is_in_the_edition_that_is_kept() {
    let desk = Desk::new();
    let path = desk.path();
    std::thread::scope(|scope| {
        for editor in 0..8 {
            let path = &path;
            scope.spawn(move || {
                let store = kiosque_store::Store::open(path).unwrap();
                for note in 0..4 {
                    let act = Act::Note { text: format!("{editor}.{note}") };
                    let row = kiosque_edition::Ruling::row(("matin", date()), None, &act, how());
                    store.decide(&row).unwrap();
                    build(&store, &spec(), date()).unwrap();
                }
            });
        }
    });
    assert_eq!(desk.store.edition("matin", date()).unwrap().unwrap().notes.len(), 32);
}

#[test]
fn an_edition_read_before_it_was_closed_does_not_open_it() {
    let desk = Desk::new();
    let open = build(&desk.store, &spec(), date()).unwrap().edition;
    let out = publish(&desk.store, &spec(), date(), how()).unwrap().edition;
    assert!(!desk.store.save_edition(&open).unwrap());
    assert_eq!(desk.store.edition("matin", date()).unwrap().unwrap(), out);
}

#[test]
fn what_came_too_late_stands_in_the_next_edition() {
    let desk = Desk::new();
    publish(&desk.store, &spec(), date(), ("Desk", at("20:50"))).unwrap();
    desk.put(&[desk.evening("2026-10-07T21:00:00Z")]);
    let held = build(&desk.store, &spec(), date()).unwrap();
    assert!(!held.changed);
    let next = build(&desk.store, &spec(), date().tomorrow().unwrap()).unwrap().edition;
    let items: Vec<_> = next.items().map(|item| (&*item.title, item.late)).collect();
    assert_eq!(items, [("Une nouvelle du soir", true)]);
}

/// Whether the article of the evening that came in at 21:00 stands in the edition of the day after, as late.
fn is_late(desk: &Desk) -> bool {
    desk.put(&[desk.evening("2026-10-07T21:00:00Z")]);
    let next = build(&desk.store, &spec(), date().tomorrow().unwrap()).unwrap().edition;
    next.items().any(|item| item.late && item.title == "Une nouvelle du soir")
}

#[test]
fn an_edition_with_nothing_in_it_is_not_the_newest() {
    let desk = Desk::new();
    let zone = spec().time_zone;
    for day in [date(), date().tomorrow().unwrap()] {
        build(&desk.store, &spec(), day).unwrap();
    }
    let due: Vec<_> =
        desk.store.editions().unwrap().iter().map(|row| (row.date, row.is_due(&zone))).collect();
    assert!(due.contains(&(date(), true)) && due.contains(&(date().tomorrow().unwrap(), false)), "{due:?}");
}

#[test]
fn what_is_two_editions_late_stands_in_the_next() {
    let desk = Desk::new();
    let (second, third) = (date().tomorrow().unwrap(), date().tomorrow().unwrap().tomorrow().unwrap());
    publish(&desk.store, &spec(), date(), ("Desk", at("20:50"))).unwrap();
    let mut other = desk.evening("2026-10-08T08:00:00Z");
    other.article.published = Some("2026-10-08T08:00:00+01:00".parse().unwrap());
    other.article.title = Some("Une nouvelle du lendemain".to_owned());
    other.article.canonical_url =
        kiosque_model::CanonicalUrl::parse("https://www.cap-nord.example/2026/10/08/matin.html").unwrap();
    other.article.id = other.article.canonical_url.id();
    desk.put(&[other]);
    publish(&desk.store, &spec(), second, ("Desk", "2026-10-08T20:00:00Z".parse().unwrap())).unwrap();
    desk.put(&[desk.evening("2026-10-08T21:00:00Z")]);
    let next = build(&desk.store, &spec(), third).unwrap().edition;
    let items: Vec<_> = next.items().map(|item| (&*item.title, item.late)).collect();
    assert_eq!(items, [("Une nouvelle du soir", true)]);
}

#[test]
fn an_edition_covers_the_hours_that_were_missed() {
    let desk = Desk::new();
    let daily = EditionSpec { schedule: Some("0 5 * * *".parse().unwrap()), ..spec() };
    let first = date().yesterday().unwrap();
    publish(&desk.store, &daily, first, ("Desk", "2026-10-06T04:00:00Z".parse().unwrap())).unwrap();
    // Three hours of issue were missed.
    let day = "2026-10-10".parse().unwrap();
    let caught_up = build(&desk.store, &daily, day).unwrap().edition;
    let window = caught_up.window.unwrap();
    assert_eq!(
        (window.from.to_string(), window.until.to_string()),
        ("2026-10-06T04:00:00Z".to_owned(), "2026-10-10T04:00:00Z".to_owned())
    );
    assert!(caught_up.stories > 20);
    // Of an article with a bare day before the window nobody knows the hour: it came in late.
    let late: Vec<_> = caught_up.items().filter(|item| item.late).map(|item| &*item.title).collect();
    assert_eq!(late, ["Cinq recettes de saison autour de la grenade"]);
}

#[test]
fn what_is_closed_is_what_was_drafted() {
    let desk = Desk::new();
    let draft = publication(&desk.store, &spec(), date(), how()).unwrap().unwrap();
    let overtaken = publication(&desk.store, &spec(), date(), how()).unwrap().unwrap();
    let told = draft.edition.clone();
    // Decided and come in between drafting and closing.
    desk.decide(Some(&told.front[0].article), &Act::Retitle { title: "Trop tard".to_owned() });
    desk.put(&[desk.evening("2026-10-07T18:00:00Z")]);
    let closed = close(&desk.store, draft, ("Desk", at("20:00"))).unwrap().edition;
    assert_eq!((&closed.front, &closed.sections), (&told.front, &told.sections));
    let corrected = publication(&desk.store, &spec(), date(), how()).unwrap().unwrap().edition;
    assert_eq!(corrected.errata.len(), 1);
    // Who drafted it too and comes second does not write over it.
    let second = close(&desk.store, overtaken, ("Autre", at("20:00"))).unwrap_err();
    assert!(matches!(second, EditionError::State { .. }), "{second}");
}

#[test]
fn the_ledger_declares_what_a_message_prints() {
    let edition = crate::morning::composed(&stories(), &spec());
    let quoted = |edition: &kiosque_model::Edition| edition.items().filter(|i| !i.extract.is_empty()).count();
    let printed = |format: Format, by| format.printed(&edition, by);
    assert_eq!(printed(Format::Html, GroupBy::Rubrique), edition);
    assert_eq!(quoted(&printed(Format::Telegram, GroupBy::Rubrique)), 0);
    let mail = printed(Format::Eml, GroupBy::Rubrique);
    assert_eq!(quoted(&mail), mail.front.iter().filter(|i| !i.extract.is_empty()).count());
    assert!(mail.sections.iter().all(|section| section.items.len() <= 5));
    assert_eq!(quoted(&printed(Format::Eml, GroupBy::Source)), 0);
}

#[test]
fn what_came_between_freezing_and_publishing_is_late() {
    let desk = Desk::new();
    freeze(&desk.store, &spec(), date(), ("Desk", at("20:50"))).unwrap();
    publish(&desk.store, &spec(), date(), ("Desk", at("21:10"))).unwrap();
    assert!(is_late(&desk));
}

#[test]
fn what_came_between_publishing_and_a_correction_is_late() {
    let desk = Desk::new();
    publish(&desk.store, &spec(), date(), ("Desk", at("20:50"))).unwrap();
    desk.decide(None, &Act::Erratum { text: "Une correction.".to_owned() });
    publish(&desk.store, &spec(), date(), ("Desk", at("21:10"))).unwrap();
    assert!(is_late(&desk));
}

#[test]
fn an_edition_opened_again_is_closed_by_what_closes_it_last() {
    let desk = Desk::new();
    freeze(&desk.store, &spec(), date(), ("Desk", at("20:50"))).unwrap();
    thaw(&desk.store, &spec(), date(), ("Desk", at("20:55"))).unwrap();
    publish(&desk.store, &spec(), date(), ("Desk", at("21:10"))).unwrap();
    let closed = desk.store.closed_before("matin", date().tomorrow().unwrap()).unwrap();
    assert_eq!(closed.map(|issue| issue.at), Some(at("21:10")));
}

#[test]
fn an_edition_remembers_the_mode_it_went_out_in() {
    let desk = Desk::new();
    let mut links = spec();
    links.law.mode = Mode::Liens;
    let out = publish(&desk.store, &links, date(), ("Desk", at("18:00"))).unwrap().edition;
    assert_eq!(
        (usual_mode(&out, &spec()), usual_mode(&build_open(&desk), &spec())),
        (Mode::Liens, Mode::Revue)
    );
}

#[test]
fn an_edition_that_goes_out_again_in_another_mode_says_so() {
    let desk = Desk::new();
    publish(&desk.store, &spec(), date(), ("Desk", at("18:00"))).unwrap();
    let mut links = spec();
    links.law.mode = Mode::Liens;
    let out = publish(&desk.store, &links, date(), ("Nadia", at("19:00"))).unwrap();
    let [erratum] = &out.edition.errata[..] else { panic!("{:?}", out.edition.errata) };
    assert_eq!((out.changed, erratum.revision, erratum.at), (true, out.edition.revision, at("19:00")));
    assert_eq!((&*erratum.kind, &*erratum.text, &*erratum.who), ("mode", "liens", "Nadia"));
    let page = render(&out.edition, Format::Markdown, GroupBy::Rubrique).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("l’édition, parue comme revue de presse, paraît comme liste de liens"), "{page}");
    // In the same mode again nothing is left to say.
    assert!(!publish(&desk.store, &links, date(), how()).unwrap().changed);
}

fn build_open(desk: &Desk) -> kiosque_model::Edition {
    build(&desk.store, &spec(), date().tomorrow().unwrap()).unwrap().edition
}

#[test]
fn an_edition_covers_the_time_since_its_hour_before() {
    let desk = Desk::new();
    let scheduled = EditionSpec { schedule: Some("0 14 * * *".parse().unwrap()), ..spec() };
    assert_eq!(dates_of(&scheduled, date()), [date(), date().tomorrow().unwrap()]);
    let parts: Vec<_> = dates_of(&scheduled, date())
        .into_iter()
        .map(|day| build(&desk.store, &scheduled, day).unwrap().edition)
        .collect();
    let articles = |edition: &kiosque_model::Edition| {
        edition.newspapers.iter().flat_map(|p| &p.lines).map(|line| line.article.clone()).collect::<Vec<_>>()
    };
    let (morning, evening) = (articles(&parts[0]), articles(&parts[1]));
    assert!(!morning.is_empty() && !evening.is_empty());
    assert!(morning.iter().all(|id| !evening.contains(id)));
}

#[test]
fn the_ledger_tells_every_title_that_went_out() {
    let desk = Desk::grouped();
    let out = publish(&desk.store, &spec(), date(), ("Desk", at("18:00"))).unwrap().edition;
    let how = Distribution { channel: "mail".to_owned(), recipients: 40, by_paper: false, at: at("18:01") };
    desk.store.distribute(&out, &how).unwrap();
    // What is in the ledger already is not written again.
    desk.store.distribute_once(&out, &how).unwrap();
    let ledger = desk.store.ledger(Some(date()), None).unwrap();
    let told: usize = out.items().map(|item| item.others.len()).sum();
    assert!(told > 0);
    assert_eq!(ledger.rows.len(), out.items().count() + told);
    assert!(ledger.to_csv().starts_with("day,title_of_publication,source,rights,article_title,url,"));
    assert!(desk.store.ledger(None, date().yesterday().ok()).unwrap().rows.is_empty());
    // Paper by paper, every line went out.
    let lines: usize = out.newspapers.iter().map(|paper| paper.lines.len()).sum();
    assert!(lines > ledger.rows.len());
    desk.store.distribute(&out, &Distribution { by_paper: true, ..how }).unwrap();
    assert_eq!(desk.store.ledger(None, None).unwrap().rows.len(), ledger.rows.len() + lines);
}

#[test]
fn the_ledger_is_no_formula() {
    let desk = Desk::new();
    let mut out = build(&desk.store, &spec(), date()).unwrap().edition;
    out.front[0].title = "=HYPERLINK(\"http://x.example\")".to_owned();
    let how = Distribution { channel: "mail".to_owned(), recipients: 1, by_paper: false, at: at("18:01") };
    desk.store.distribute(&out, &how).unwrap();
    assert!(desk.store.ledger(None, None).unwrap().to_csv().contains("'=HYPERLINK"));
}
