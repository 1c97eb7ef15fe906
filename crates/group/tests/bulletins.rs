//! Bulletins that the whole press prints: one day's are copies of each other, and of no other day's.

#![cfg(test)]

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Grouper, Item, Settings};
use kiosque_model::{Language, PageId, SourceId};

const OUTLETS: [&str; 4] = ["agence", "matin", "soir", "phare"];

/// What an outlet prints of the markets of a day.
fn markets(day: i64, outlet: &str) -> Item {
    let (change, index, volume) = (17 + 13 * day, 12_431 + 173 * day, 98 + 41 * day);
    let at: Timestamp = "2026-10-05T16:00:00Z".parse().expect("a valid moment");
    Item {
        id: PageId(format!("{outlet}-{day}")),
        title: format!("La Bourse de Tanbessa clôture à {index} points"),
        text: format!(
            "La Bourse de Tanbessa a terminé sa séance sur une variation de 0,{change} pour cent, son indice principal se \
             fixant à {index} points. L'indice des grandes valeurs a suivi la même tendance, tout comme celui des valeurs \
             moyennes. Le volume des échanges s'est établi à {volume} millions de dirhams, essentiellement drainés par le \
             marché central. La capitalisation boursière a peu varié par rapport à la séance de la veille, dans un \
             marché où les investisseurs attendent les publications semestrielles des sociétés cotées."
        ),
        language: Language::from_tag("fr"),
        at: at + (24 * day).hours(),
        source: SourceId(outlet.to_owned()),
    }
}

#[test]
fn a_bulletin_is_a_copy_of_its_own_day_alone() {
    let mut grouper = Grouper::new(Settings::default());
    for day in 0..3 {
        for (n, outlet) in OUTLETS.into_iter().enumerate() {
            let item = Item {
                at: markets(day, outlet).at + (i64::try_from(n).unwrap()).minutes(),
                ..markets(day, outlet)
            };
            let origin = grouper.place(&item).copy_of.map(|id| id.0);
            let expected = (n > 0).then(|| format!("{}-{day}", OUTLETS[0]));
            assert_eq!(origin, expected, "{outlet} on day {day}");
        }
    }
}

/// What an outlet prints of the message to the family of a deceased.
fn message(outlet: &str, name: &str, was: &str, minutes: i64) -> Item {
    let at: Timestamp = "2026-10-05T16:00:00Z".parse().expect("a valid moment");
    Item {
        id: PageId(format!("{outlet}-{name}")),
        title: format!("Message de condoléances du Souverain à la famille de feu {name}"),
        text: format!(
            "Le Souverain de Tanbessa a adressé un message de condoléances et de compassion aux membres de la famille de feu \
             {name}, {was}. Dans ce message, le Souverain exprime aux membres de la famille du défunt et, à travers eux, à \
             tous ses proches et amis, ses vives condoléances et ses sincères sentiments de compassion, priant le \
             Très-Haut de l'accueillir dans Son vaste paradis et d'accorder aux siens patience et réconfort."
        ),
        language: Language::from_tag("fr"),
        at: at + minutes.minutes(),
        source: SourceId(outlet.to_owned()),
    }
}

#[test]
fn a_message_to_one_family_is_no_copy_of_that_to_another() {
    let (first, second) =
        (("Hamid Belkora", "ancien ambassadeur"), ("Zohra Mektani", "peintre et professeure"));
    let mut grouper = Grouper::new(Settings::default());
    let mut origin = |outlet, (name, was): (&str, &str), minutes| {
        grouper.place(&message(outlet, name, was, minutes)).copy_of.map(|id| id.0)
    };
    assert_eq!(origin("agence", first, 0), None);
    assert_eq!(origin("matin", second, 3), None);
    assert_eq!(origin("soir", first, 6).as_deref(), Some("agence-Hamid Belkora"));
    assert_eq!(origin("phare", second, 9).as_deref(), Some("matin-Zohra Mektani"));
}
