//! Grouping on an invented press: every text here was written for these tests.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Grouper, Item, Placement, Settings, arrival_order};
use kiosque_model::{ArticleId, Language, PageId, SourceId};

fn start() -> Timestamp {
    "2026-10-05T06:00:00Z".parse().expect("a valid moment")
}

/// An article `hours` after the start; `id` is also its outlet, unless it reads `outlet/id`.
fn item(id: &str, hours: i64, language: &str, title: &str, text: &str) -> Item {
    Item {
        id: PageId(id.to_owned()),
        title: title.to_owned(),
        text: text.to_owned(),
        language: Language::from_tag(language),
        at: start() + hours.hours(),
        source: SourceId(id.split('/').next().unwrap_or_default().to_owned()),
    }
}

fn place(items: &[Item]) -> Vec<Placement> {
    let mut grouper = Grouper::new(Settings::default());
    items.iter().map(|item| grouper.place(item)).collect()
}

/// Whose copy the second is of the first.
fn check_copy(language: &str, first: (&str, &str), second: (&str, &str), expected: bool) {
    let items = [item("a", 0, language, first.0, first.1), item("b", 1, language, second.0, second.1)];
    let placed = place(&items);
    assert_eq!(placed[0].copy_of, None);
    assert_eq!(placed[1].copy_of.is_some(), expected, "{}: {}", second.0, placed[1].because);
    if expected {
        assert_eq!(placed[1].copy_of, Some(items[0].id.clone()));
        assert_eq!(placed[1].story, placed[0].story);
    }
}

const PORT: &str = "Le port de Tanbessa a reçu lundi matin son premier navire électrique de ligne, un porte-conteneurs \
de 180 mètres baptisé « Azur Un ». Parti de Santamar il y a quatre jours, il transporte des pièces de rechange et \
des semences. La directrice de la capitainerie, Nadia Belkouri, a salué « une escale que nous préparions depuis \
trois ans ». Le terminal a dû installer deux bornes de recharge de vingt mégawatts, financées pour moitié par la \
région. Deux autres navires du même type sont attendus avant la fin du mois de novembre. Les dockers, qui \
craignaient la suppression de postes, ont obtenu un accord de formation signé la semaine dernière. Le syndicat \
des pilotes demande encore une étude sur les manœuvres par vent d'est. Une seconde tranche de travaux \
commencera au printemps sur le quai nord.";

const QUAKE_AR: &str = "أعلن المعهد الوطني للجيوفيزياء أن هزة أرضية بقوة 4.7 درجات ضربت فجر اليوم الاثنين إقليم \
تازغارت دون أن تخلف خسائر في الأرواح. وأوضح المعهد في بلاغ له أن مركز الهزة حدد بجماعة آيت ملولين على عمق ثمانية \
كيلومترات. وقال رئيس الجماعة، حسن أوطالب، إن جدران بعض المنازل القديمة تشققت، مضيفا أن فرق الوقاية المدنية زارت \
الدواوير المجاورة منذ الساعات الأولى. وقررت السلطات إغلاق مدرستين احترازيا إلى حين فحص البنايات. ودعا المعهد \
السكان إلى عدم تصديق الإشاعات المتداولة على الشبكات الاجتماعية. وكانت المنطقة قد عرفت هزة مماثلة قبل ستة أعوام.";

fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(". ").collect()
}

#[test]
fn a_reprint_is_a_copy_however_it_was_edited() {
    for (language, text) in [("fr", PORT), ("ar", QUAKE_AR)] {
        let parts = sentences(text);
        let title = parts[0];
        let inserted = format!(
            "{}{} {}",
            parts[..2].concat(),
            "Une phrase ajoutée par la rédaction locale rappelle ce que la ville avait promis voilà dix ans.",
            parts[2..].concat()
        );
        let cases = [
            ("new headline", text.to_owned()),
            ("cut end", parts[..4].concat()),
            ("cut head", parts[2..].concat()),
            ("inserted paragraph", inserted),
            ("agency line", format!("TANBESSA, 5 oct (AGN) - {text}\n(AGN) / وكالة")),
            ("extended", format!("{text} {}", "La suite paraîtra demain dans nos pages locales. ".repeat(2))),
        ];
        for (headline, body) in cases {
            check_copy(language, (title, text), (headline, &body), true);
        }
    }
}

#[test]
fn arabic_letter_forms_do_not_hide_a_copy() {
    let vowelled = QUAKE_AR.replace('أ', "ا").replace('ة', "ه").replace("هز", "هـــز").replace("من", "مِنْ");
    check_copy("ar", ("هزة أرضية", QUAKE_AR), ("زلزال", &vowelled), true);
}

#[test]
fn two_texts_on_one_event_are_no_copies() {
    let own = "Un cargo sans fumée à quai : c'est ce qu'ont vu lundi les habitants de Tanbessa. L'« Azur Un » \
        a mis quatre jours depuis Santamar. À bord, des semences et des pièces. La capitainerie et sa directrice, \
        Nadia Belkouri, parlent d'un tournant. Reste la question des bornes de recharge, dont le coût a fait débat \
        au conseil régional, et celle du vent d'est, que redoutent les pilotes.";
    let items = [
        item("a", 0, "fr", "Le premier navire électrique à Tanbessa", PORT),
        item("b", 3, "fr", "À Tanbessa, l'« Azur Un », navire électrique, fait escale", own),
    ];
    let placed = place(&items);
    assert_eq!(placed[1].copy_of, None);
    assert_eq!(placed[1].story, placed[0].story, "{}", placed[1].because);
}

#[test]
fn a_chain_of_reprints_points_to_the_first() {
    let items: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .zip(0..)
        .map(|(id, hours)| item(id, hours, "fr", &format!("Titre de {id}"), &PORT[hours as usize * 40..]))
        .map(|mut item| {
            item.text = item.text.trim().to_owned();
            item
        })
        .collect();
    for placement in &place(&items)[1..] {
        assert_eq!(placement.copy_of, Some(items[0].id.clone()));
    }
}

/// A weather bulletin: one template, figures of the day.
fn weather(day: i64) -> String {
    let t = |k: i64| 12 + (day * 7 + k * 5) % 17;
    format!(
        "Voici les prévisions de la direction de la météorologie pour la journée du {} octobre. Temps plutôt \
        nuageux sur le littoral avec {} degrés à Tanbessa, {} degrés à Santamar et {} degrés à Ouled Mimoun. Vent de \
        {} kilomètres à l'heure sur les côtes et mer peu agitée à agitée entre les deux caps. Les températures \
        maximales iront de {} degrés sur les reliefs à {} degrés dans les plaines de l'intérieur.",
        day + 5,
        t(1),
        t(2),
        t(3),
        t(4) + 20,
        t(5),
        t(6) + 9
    )
}

#[test]
fn templates_seen_in_older_articles_make_no_copies() {
    let items: Vec<_> = (0..7)
        .map(|day| {
            item(&format!("meteo/{day}"), day * 24, "fr", &format!("Météo du {}", day + 5), &weather(day))
        })
        .collect();
    assert!(place(&items).iter().all(|p| p.copy_of.is_none()));
}

#[test]
fn a_column_of_one_outlet_is_no_copy_of_last_weeks() {
    let frame = "Retrouvez chaque semaine la chronique de nos lecteurs, tenue par Karim Lahlouche. Écrivez-nous avant \
        jeudi en précisant votre nom et votre ville, les lettres anonymes ne sont pas publiées.";
    let first = format!("{frame} Une lectrice de Santamar s'inquiète des platanes abattus place du marché.");
    let second =
        format!("{frame} Un retraité raconte comment sa troupe a monté une pièce dans un lavoir désaffecté.");
    let items =
        [item("gazette/1", 0, "fr", "Courrier", &first), item("gazette/2", 48, "fr", "Courrier", &second)];
    let placed = place(&items);
    assert_eq!(placed[1].copy_of, None, "{}", placed[1].because);
}

fn event_in_two_languages() -> Vec<Item> {
    vec![
        item(
            "le-littoral",
            0,
            "fr",
            "Incendie au marché de Kesbat : 14 blessés, le gouverneur Benhaddou sur place",
            "Un incendie a ravagé dans la nuit le marché couvert de Kesbat, près de Marrakech. Quatorze personnes \
            ont été blessées, selon la protection civile. Le gouverneur Mustapha Benhaddou a annoncé l'ouverture \
            d'une enquête. Près de 320 échoppes ont brûlé. Les commerçants demandent une aide d'urgence.",
        ),
        item(
            "al-sahil",
            1,
            "ar",
            "حريق سوق قصبات: 14 جريحا والعامل بنحدو يأمر بفتح تحقيق",
            "اندلع حريق مهول ليلة أمس في السوق المغطى بقصبات قرب مراكش، وأصيب 14 شخصا بجروح حسب الوقاية المدنية. وأعلن \
            العامل مصطفى بنحدو فتح تحقيق في أسباب الحريق الذي أتى على 320 محلا تجاريا. وطالب التجار بدعم عاجل.",
        ),
        item(
            "quotidien-sud",
            2,
            "fr",
            "Kesbat : après l'incendie du marché, l'enquête commence",
            "Au lendemain de l'incendie qui a détruit 320 échoppes du marché de Kesbat, les enquêteurs examinent \
            l'installation électrique. Les 14 blessés sont soignés à Marrakech. « Nous reconstruirons », promet le \
            gouverneur Benhaddou devant des commerçants en colère.",
        ),
        item(
            "akhbar-janoub",
            3,
            "ar",
            "تجار قصبات يحصون خسائرهم بعد حريق السوق",
            "شرع تجار سوق قصبات، القريب من مراكش، في إحصاء الخسائر بعد الحريق الذي دمر 320 محلا وخلف 14 جريحا. ووعد \
            العامل بنحدو بإعادة بناء السوق في أقرب الآجال، فيما تتواصل أبحاث الدرك.",
        ),
        item(
            "la-voie",
            26,
            "fr",
            "Marché de Kesbat : une collecte pour les commerçants sinistrés",
            "Deux jours après l'incendie du marché de Kesbat, une collecte est lancée à Marrakech pour les commerçants \
            dont les 320 échoppes ont brûlé. Le gouverneur Mustapha Benhaddou a promis des locaux provisoires.",
        ),
    ]
}

#[test]
fn five_outlets_in_two_languages_tell_one_story() {
    let items = event_in_two_languages();
    let placed = place(&items);
    for (item, placement) in items.iter().zip(&placed) {
        assert_eq!(placement.story, items[0].id, "{}: {}", item.id, placement.because);
        assert_eq!(placement.copy_of, None);
    }
}

#[test]
fn an_arabic_opening_gathers_the_french_too() {
    let mut items = event_in_two_languages();
    items.swap(0, 1);
    let placed = place(&items);
    assert!(placed.iter().all(|p| p.story == items[0].id), "{placed:#?}");
}

#[test]
fn two_matches_of_one_evening_are_two_stories() {
    let report = |home: &str, away: &str, scorer: &str, score: &str| {
        (
            format!("Botola : {home} s'impose {score} face à {away}"),
            format!(
                "{home} a battu {away} {score} samedi soir pour la cinquième journée du championnat. {scorer} a ouvert \
                la marque avant la pause, puis doublé la mise en seconde période devant son public. {away} a manqué un \
                penalty. {home} remonte à la troisième place du classement."
            ),
        )
    };
    let matches = [
        report("Tanbessa", "Olmedar", "Youssef Rahimane", "2-0"),
        report("Santamar", "Kesbat", "Driss Lamkaddem", "3-1"),
    ];
    let mut items = Vec::new();
    for (i, (title, text)) in matches.iter().enumerate() {
        items.push(item(&format!("sport{i}"), 0, "fr", title, text));
    }
    items.push(item(
        "autre",
        2,
        "fr",
        "Doublé de Rahimane, Tanbessa domine Olmedar",
        "Youssef Rahimane a offert la victoire à Tanbessa contre Olmedar (2-0). Le gardien d'Olmedar avait retenu \
        trois tirs avant de céder. L'entraîneur de Tanbessa a dédié ce succès aux supporters.",
    ));
    let placed = place(&items);
    assert_ne!(placed[0].story, placed[1].story, "{}", placed[1].because);
    assert_eq!(placed[2].story, placed[0].story, "{}", placed[2].because);
    assert!(placed.iter().all(|p| p.copy_of.is_none()));
}

#[test]
fn headlines_alone_are_enough_for_stories() {
    let items = [
        item("a", 0, "fr", "Grève des pilotes de Transazur : 80 vols annulés jeudi", ""),
        item("b", 1, "fr", "Transazur annule 80 vols jeudi en raison de la grève des pilotes", ""),
        item("c", 2, "fr", "Le prix du blé au plus haut depuis quatre ans", ""),
    ];
    let placed = place(&items);
    assert_eq!(placed[1].story, placed[0].story);
    assert_eq!(placed[2].story, items[2].id);
    assert!(placed.iter().all(|p| p.copy_of.is_none()));
}

#[test]
fn an_empty_article_stands_alone() {
    let items = [item("a", 0, "fr", "", ""), item("b", 1, "fr", "", "")];
    let placed = place(&items);
    assert_ne!(placed[0].story, placed[1].story);
    assert_eq!(placed[1].copy_of, None);
}

#[test]
fn placed_again_unchanged_nothing_changes() {
    let items = event_in_two_languages();
    let mut grouper = Grouper::new(Settings::default());
    let first: Vec<_> = items.iter().map(|i| grouper.place(i)).collect();
    for (item, before) in items.iter().zip(&first) {
        let again = grouper.place(item);
        assert_eq!((&again.story, &again.copy_of), (&before.story, &before.copy_of));
    }
    assert_eq!(grouper.len(), items.len());
}

#[test]
fn a_correction_keeps_its_story_and_a_new_text_leaves_it() {
    let items = event_in_two_languages();
    let mut grouper = Grouper::new(Settings::default());
    for item in &items {
        grouper.place(item);
    }
    let mut corrected = items[2].clone();
    corrected.text = corrected.text.replace("14 blessés", "16 blessés");
    assert_eq!(grouper.place(&corrected).story, items[0].id);
    let mut other = items[2].clone();
    (other.title, other.text) = ("Un navire électrique à Tanbessa".to_owned(), PORT.to_owned());
    assert_eq!(grouper.place(&other).story, other.id);
    assert_eq!(grouper.len(), items.len());
}

#[test]
fn articles_of_one_moment_group_alike_however_they_came() {
    let mut items = event_in_two_languages();
    items.push(item("x", 0, "fr", "Tanbessa", PORT));
    items.push(item("y", 0, "fr", "Le navire", &PORT[..PORT.len() - 60]));
    for item in &mut items {
        item.at = start();
    }
    let grouped = |mut batch: Vec<Item>| -> BTreeMap<ArticleId, Placement> {
        arrival_order(&mut batch);
        batch.iter().map(|i| i.id.clone()).zip(place(&batch)).collect()
    };
    let expected = grouped(items.clone());
    for turn in 1..items.len() {
        items.rotate_left(turn);
        assert_eq!(grouped(items.clone()), expected);
    }
}

#[test]
fn the_window_slides_and_memory_with_it() {
    let mut grouper = Grouper::new(Settings { window_days: 2, ..Settings::default() });
    for day in 0..30 {
        for n in 0..5 {
            grouper.place(&item(
                &format!("o{n}/{day}"),
                day * 24 + n,
                "fr",
                &format!("Numéro {n}{day}"),
                PORT,
            ));
        }
        assert!(grouper.len() <= 15, "{} on day {day}", grouper.len());
    }
    grouper.forget_before(start() + (29 * 24).hours());
    assert_eq!(grouper.len(), 5);
    grouper.forget_before(start() + (60 * 24).hours());
    assert!(grouper.is_empty());
    let late = grouper.place(&item("late", 61 * 24, "fr", "Titre", PORT));
    assert_eq!(late.copy_of, None);
}

#[test]
fn a_dispatch_reprinted_after_the_window_is_new() {
    let items = [item("a", 0, "fr", "Titre", PORT), item("b", 9 * 24, "fr", "Titre", PORT)];
    assert_eq!(place(&items)[1].copy_of, None);
}
