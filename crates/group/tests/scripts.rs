//! One event in two scripts, and near misses: same theme, place, people or day, yet another event. Columns too.
//! Every text here was written for these tests.

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Grouper, Item, Settings};
use kiosque_model::{Language, PageId, SourceId};

fn item(id: &str, hours: i64, title: &str, text: &str) -> Item {
    let arabic = title.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c));
    let start: Timestamp = "2026-03-02T05:00:00Z".parse().expect("a valid moment");
    Item {
        id: PageId(id.to_owned()),
        title: title.to_owned(),
        text: text.to_owned(),
        language: Language::from_tag(if arabic { "ar" } else { "fr" }),
        at: start + hours.hours(),
        source: SourceId(id.split('/').next().unwrap_or_default().to_owned()),
    }
}

/// Whether two articles are placed in one story, whichever comes first.
fn check(french: (&str, &str), arabic: (&str, &str), expected: bool) {
    for turned in [false, true] {
        let mut items = [item("fr", 0, french.0, french.1), item("ar", 2, arabic.0, arabic.1)];
        if turned {
            items.reverse();
        }
        let mut grouper = Grouper::new(Settings::default());
        let placed = items.map(|item| grouper.place(&item));
        assert_eq!(placed[0].story == placed[1].story, expected, "{}: {}", french.0, placed[1].because);
    }
}

#[test]
fn a_law_meets_by_its_number_and_votes() {
    check(
        (
            "Eau : les conseillers adoptent la loi sur le dessalement",
            "La Chambre des conseillers a adopté lundi, par 58 voix contre 23, le projet de loi 73-25 sur le dessalement. \
             Le ministre de l'Équipement, Younes Berradouane, a défendu un texte attendu par 1 340 communes.",
        ),
        (
            "مجلس المستشارين يصادق على قانون تحلية المياه",
            "صادق مجلس المستشارين يوم الاثنين بأغلبية 58 صوتا مقابل 23 على مشروع القانون رقم 73.25 المتعلق بتحلية \
             المياه، الذي دافع عنه وزير التجهيز يونس برادوان وينتظره سكان 1340 جماعة.",
        ),
        true,
    );
}

#[test]
fn an_accident_meets_by_place_and_figures() {
    check(
        (
            "Collision près de Midelt : 17 blessés dans un autocar",
            "Un autocar qui reliait Fès à Errachidia s'est renversé lundi à 26 kilomètres de Midelt. Dix-sept passagers \
             (17) ont été blessés, dont trois grièvement. La route nationale 13 est restée coupée 145 minutes.",
        ),
        (
            "انقلاب حافلة قرب ميدلت يخلف 17 جريحا",
            "أصيب 17 مسافرا بجروح إثر انقلاب حافلة كانت تربط بين فاس والرشيدية على بعد 26 كيلومترا من ميدلت. وانقطعت \
             الطريق الوطنية رقم 13 لمدة 145 دقيقة.",
        ),
        true,
    );
}

#[test]
fn a_match_meets_by_its_towns_and_scorers() {
    check(
        (
            "Khouribga-Berkane (3-1) : Mesbahi sort les Verts de la crise",
            "Deux buts de Soufiane Mesbahi et un de Walid Kerdoudi ont offert la victoire à Khouribga contre Berkane, \
             dimanche soir. L'entraîneur Faouzi Lamrabet parle d'un déclic.",
        ),
        (
            "خريبكة تفوز على بركان بثلاثية",
            "سجل سفيان المصباحي هدفين وأضاف وليد الكردودي الثالث ليقود خريبكة إلى الفوز على بركان مساء الأحد. وتحدث \
             المدرب فوزي لمرابط عن نهاية الأزمة.",
        ),
        true,
    );
}

#[test]
fn an_appointment_meets_by_full_names() {
    check(
        (
            "Office des ports : Meriem Zerhouni-Taleb nommée directrice",
            "Meriem Zerhouni-Taleb prend la tête de l'Office des ports. Elle succède à Abdelkrim Bensouda, parti en \
             janvier. Ingénieure formée à Nantes, elle dirigeait le terminal de Nador.",
        ),
        (
            "تعيين مريم الزرهوني الطالب مديرة لمكتب الموانئ",
            "عينت المهندسة مريم الزرهوني الطالب على رأس مكتب الموانئ خلفا لعبد الكريم بنسودة. وكانت تدير محطة الناظور \
             بعد تكوين في مدينة نانت الفرنسية.",
        ),
        true,
    );
}

#[test]
fn prices_meet_by_their_decimals() {
    check(
        (
            "Carburants : le gazole recule à 11,37 dirhams à Casablanca",
            "Le litre de gazole est descendu lundi à 11,37 dirhams à Casablanca, et le sans-plomb à 13,82 dirhams, selon la \
             fédération des stations présidée par Jamal Zrikem. Les 2 750 stations appliquent le tarif dès mardi.",
        ),
        (
            "تراجع سعر الغازوال إلى 11,37 درهما",
            "انخفض سعر لتر الغازوال بالدار البيضاء إلى 11,37 درهما والبنزين إلى ١٣٫٨٢ درهما، حسب رئيس فدرالية المحطات جمال \
             زريكم. وتطبق 2.750 محطة التسعيرة ابتداء من الثلاثاء.",
        ),
        true,
    );
}

#[test]
fn a_summit_abroad_meets_by_capital_and_people() {
    check(
        (
            "À Vienne, Okonjo et Lindqvist signent l'accord sur le blé",
            "Après neuf jours à Vienne, Daniel Okonjo et Marta Lindqvist ont signé un accord qui libère 640 000 tonnes de \
             blé. La Pologne et la Turquie le garantissent.",
        ),
        (
            "فيينا تحتضن توقيع اتفاق القمح",
            "وقع دانيال أوكونجو ومارتا ليندكفيست في فيينا اتفاقا يسمح بتصدير 640.000 طن من القمح بضمان بولندا وتركيا.",
        ),
        true,
    );
}

#[test]
fn another_law_of_the_day_is_another_event() {
    check(
        (
            "Les députés adoptent la loi sur les forêts",
            "La Chambre des représentants a adopté mardi à Rabat, par 112 voix contre 31, le projet de loi 18-25 sur les \
             forêts porté par la ministre Hind Lazrak.",
        ),
        (
            "مجلس النواب يصادق على قانون الصيد البحري",
            "صادق مجلس النواب يوم الثلاثاء بالرباط بأغلبية 97 صوتا مقابل 44 على مشروع القانون 52-25 المتعلق بالصيد البحري \
             الذي قدمه الوزير سعيد الوالي.",
        ),
        false,
    );
}

#[test]
fn another_accident_on_the_same_road_is_another_event() {
    check(
        (
            "Un camion se renverse entre Midelt et Errachidia",
            "Un camion chargé d'oranges s'est couché lundi sur la route nationale 13 entre Midelt et Errachidia. Le \
             chauffeur est indemne, la circulation a repris après 40 minutes.",
        ),
        (
            "اصطدام سيارتين بالطريق الوطنية رقم 13 قرب ميدلت",
            "لقي شخص مصرعه وأصيب 4 آخرون في اصطدام بين سيارتين خفيفتين على الطريق الوطنية 13 قرب ميدلت، ونقل الجرحى إلى \
             مستشفى مكناس بعد 55 دقيقة.",
        ),
        false,
    );
}

#[test]
fn another_match_of_the_same_round_is_another_event() {
    check(
        (
            "Botola : Safi prend un point à Tétouan (1-1)",
            "Safi a ramené un point de Tétouan dimanche soir grâce à Hicham Boudraa, à la 67e minute de la sixième journée.",
        ),
        (
            "البطولة: وجدة تتعادل مع أكادير",
            "تعادلت وجدة مع ضيفتها أكادير (1-1) مساء الأحد برسم الجولة السادسة، وسجل كمال الحداد هدف التعادل في الدقيقة 81.",
        ),
        false,
    );
}

#[test]
fn two_texts_on_one_region_of_the_world_are_two_events() {
    check(
        (
            "Iran : un séisme secoue le nord de Téhéran",
            "Un séisme de magnitude 5,1 a secoué lundi le nord de Téhéran, en Iran. Aucune victime n'est signalée. \
             L'Irak et la Turquie ont ressenti la secousse.",
        ),
        (
            "إيران وتركيا توقعان اتفاقا للغاز",
            "وقعت إيران وتركيا في طهران اتفاقا لتصدير الغاز عبر العراق لمدة 15 سنة، حسب بيان لوزارة النفط الإيرانية.",
        ),
        false,
    );
}

#[test]
fn one_minister_in_two_places_is_two_events() {
    check(
        (
            "Santé : la ministre Nawal Cherradi inaugure l'hôpital de Taza",
            "Nawal Cherradi a inauguré lundi l'hôpital de Taza, 120 lits, 340 millions de dirhams. Elle a promis 45 \
             médecins avant juin.",
        ),
        (
            "نوال الشرادي: لا نقص في أدوية السكري",
            "نفت وزيرة الصحة نوال الشرادي أمام النواب وجود نقص في أدوية السكري، مؤكدة أن المخزون يغطي 9 أشهر وأن 2,7 مليون \
             مريض يستفيدون منها.",
        ),
        false,
    );
}

#[test]
fn two_festivals_of_one_day_are_two_events() {
    check(
        (
            "Essaouira : le festival des luths s'ouvre sur les remparts",
            "Le festival des luths s'est ouvert vendredi à Essaouira devant 3 000 personnes. Le 12 mars 2026, Rachid \
             Temsamani y jouera avec 20 musiciens.",
        ),
        (
            "افتتاح مهرجان السينما بشفشاون",
            "افتتح يوم الجمعة مهرجان السينما بشفشاون بحضور 3000 متفرج، ويتواصل إلى 12 مارس 2026 بمشاركة 20 فيلما وتكريم \
             الممثلة فاطمة الوكيلي.",
        ),
        false,
    );
}

/// The weather of a day in one template, alike in all but its figures.
fn weather(day: i64) -> (String, String) {
    let title = format!("Le ciel du jour : {} degrés à Rabat", 14 + day);
    let text = format!(
        "Temps doux ce {} mars sur les plaines du Saïs et du Gharb, nuages bas le matin sur le littoral de Safi à Larache. \
         Vent faible. Il fera {} degrés à Rabat, {} à Fès, {} à Agadir et {} à Ouarzazate. Mer peu agitée.",
        2 + day,
        14 + day,
        15 + day,
        19 + day,
        21 + day
    );
    (title, text)
}

fn check_apart(items: &[Item]) {
    let mut grouper = Grouper::new(Settings::default());
    for item in items {
        let placement = grouper.place(item);
        assert_eq!((&placement.story, &placement.copy_of), (&item.id, &None), "{}", placement.because);
    }
}

#[test]
fn columns_of_two_days_stay_apart() {
    let french: Vec<_> = (0..5)
        .flat_map(|day| {
            let (title, text) = weather(day);
            ["gazette", "courrier"].map(|outlet| (outlet, title.clone(), text.clone())).map(
                move |(outlet, title, text)| {
                    let text = if outlet == "gazette" { text } else { text.replace("Temps doux", "Douceur") };
                    (outlet, day, title, text)
                },
            )
        })
        .filter(|(outlet, day, ..)| (*outlet == "gazette") == (day % 2 == 0))
        .map(|(outlet, day, title, text)| item(&format!("{outlet}/{day}"), day * 24, &title, &text))
        .collect();
    check_apart(&french);
    let arabic: Vec<_> = ["الثلاثاء", "الأربعاء", "الخميس"]
        .iter()
        .zip(0..)
        .map(|(name, day)| {
            let text = format!(
                "تتوقع مصالح الأرصاد الجوية بالنسبة ليوم {name} أن يكون الطقس معتدلا بسهول سايس والغرب مع سحب منخفضة على \
                 السواحل الشمالية. وستتراوح درجات الحرارة بين {} و{} درجة، وسيكون البحر قليل الهيجان.",
                9 + day,
                24 + day
            );
            item(&format!("jarida/{day}"), day * 24, &format!("طقس {name}: أجواء معتدلة"), &text)
        })
        .collect();
    check_apart(&arabic);
}

#[test]
fn an_outlets_unlisted_column_is_told_by_its_opening() {
    let items: Vec<_> = (0..3)
        .map(|day| {
            let text = format!(
                "Chaque matin, notre correspondant au marché de gros relève pour vous les prix. Tomates rondes {} dirhams, \
                 oignons {} dirhams, carottes {} dirhams le kilo, poisson blanc {} dirhams.",
                4 + day, 5 + day, 6 + day, 40 + day
            );
            item(&format!("halles/{day}"), day * 24, "Au carreau des halles", &text)
        })
        .collect();
    check_apart(&items);
}

#[test]
fn an_event_told_on_two_days_by_one_outlet_stays_together() {
    let items = [
        item(
            "a/1",
            0,
            "Grève des dockers : Nador à l'arrêt",
            "Les 640 dockers de Nador ont cessé le travail lundi. Le \
            syndicat de Brahim Lazaar réclame une prime de nuit. Onze cargos attendent au large du port de Nador.",
        ),
        item(
            "a/2",
            26,
            "Grève des dockers : vers un accord à Nador",
            "Les dockers de Nador et la direction du port \
            négocient depuis mardi matin. Brahim Lazaar, du syndicat, espère une prime de nuit. Les cargos attendent.",
        ),
    ];
    let mut grouper = Grouper::new(Settings::default());
    let placed = items.map(|item| grouper.place(&item));
    assert_eq!(placed[0].story, placed[1].story, "{}", placed[1].because);
}

#[test]
fn a_text_that_tells_both_sides_joins_their_stories() {
    let items = [
        item(
            "fr1",
            0,
            "Berkane : la mine de Tizoura ferme",
            "La mine de Tizoura, près de Berkane, fermera en juin. Les \
            mineurs occupent le carreau depuis dimanche soir et refusent de descendre des pylônes, sous la neige.",
        ),
        item(
            "ar1",
            1,
            "عمال المنجم يعتصمون",
            "يعتصم العمال منذ مساء الأحد احتجاجا على قرار الشركة. وأكد الكاتب المحلي للنقابة \
            إدريس بنزكري أن 415 عاملا مهددون بالتسريح وأن الشركة مدينة لهم بمبلغ 18,6 مليون درهم.",
        ),
        item(
            "fr2",
            3,
            "Mine de Tizoura : 415 emplois perdus à Berkane",
            "La fermeture de la mine de Tizoura, près de \
            Berkane, menace 415 emplois. Driss Benzekri réclame 18,6 millions de dirhams d'arriérés pour les mineurs \
            qui occupent le carreau depuis dimanche.",
        ),
    ];
    let mut grouper = Grouper::new(Settings::default());
    let placed = items.clone().map(|item| grouper.place(&item));
    assert_ne!(placed[0].story, placed[1].story);
    let mut joined = vec![placed[2].story.clone()];
    joined.extend(placed[2].absorbed.clone());
    joined.sort();
    assert_eq!(joined, ["ar1", "fr1"].map(|id| PageId(id.to_owned())), "{}", placed[2].because);
}
