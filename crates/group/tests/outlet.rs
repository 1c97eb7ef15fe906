//! What one outlet prints again and again makes its articles neither copies nor one event.

#![cfg(test)]

use jiff::{SignedDuration, Timestamp};
use kiosque_group::{Grouper, Item, Placement, Settings};
use kiosque_model::{Language, PageId, SourceId};

fn placed(articles: &[(&str, String)]) -> Vec<Placement> {
    let start: Timestamp = "2026-10-05T06:00:00Z".parse().unwrap();
    let mut grouper = Grouper::new(Settings::default());
    let item = |(at, (title, text)): (i64, &(&str, String))| Item {
        id: PageId(format!("a{at}")),
        title: (*title).to_owned(),
        text: text.clone(),
        language: Language::from_tag("fr"),
        source: SourceId("phare".to_owned()),
        at: start + SignedDuration::from_mins(at * 20),
    };
    (0..).zip(articles).map(item).map(|item| grouper.place(&item)).collect()
}

#[test]
fn one_template_for_several_towns_is_no_copy() {
    let bulletin = |town: &str, most: u32| {
        format!(
            "Le ciel sera dégagé ce mardi à {town}, avec quelques passages nuageux en fin de journée. Les températures \
             iront de 14 degrés le matin à {most} degrés l’après-midi. Le vent soufflera faiblement du nord et la mer sera \
             peu agitée. Les pluies reviendront en fin de semaine, selon les services de la météorologie nationale."
        )
    };
    let towns = [("Fès", 24), ("Oujda", 27), ("Agadir", 23), ("Tanger", 21)];
    let titles = towns.map(|(town, most)| (format!("Le temps à {town} : ciel dégagé"), bulletin(town, most)));
    let articles = titles.each_ref().map(|(title, text)| (title.as_str(), text.clone()));
    assert!(placed(&articles).iter().all(|placement| placement.copy_of.is_none()));
    // The same bulletin again, with its degrees mended, is.
    let again = [(articles[0].0, bulletin("Fès", 24)), (articles[0].0, bulletin("Fès", 25))];
    assert!(placed(&again)[1].copy_of.is_some());
}

#[test]
fn what_an_outlet_prints_under_all_its_articles_joins_none() {
    let footer = "Suivez toute l’actualité du Phare sur notre chaîne WhatsApp et dans notre lettre du matin. Tous droits de \
        reproduction réservés, sauf accord écrit de la rédaction. Une erreur dans cet article ? Signalez-la à la rédaction, qui \
        répond à chaque message de ses lecteurs.";
    let told = [
        (
            "Un chalutier coule au large d’Agadir",
            "Un chalutier a coulé lundi au large d’Agadir, et six marins ont été sauvés.",
        ),
        (
            "Douze tonnes de farine avariée saisies",
            "Les inspecteurs ont saisi douze tonnes de farine avariée dans un dépôt.",
        ),
        (
            "Le festival de jazz affiche complet",
            "Le festival de jazz a vendu toutes ses places en une matinée à peine.",
        ),
        (
            "Basket : Salé gagne de trente points",
            "Les basketteurs de Salé ont battu Berkane de trente points dimanche soir.",
        ),
        (
            "Des tablettes pour quarante écoles",
            "Quarante écoles rurales recevront des tablettes avant la fin du trimestre.",
        ),
    ];
    let articles = told.map(|(title, lead)| (title, format!("{lead}\n{footer}")));
    let stories: std::collections::BTreeSet<_> =
        placed(&articles).into_iter().map(|placement| placement.story).collect();
    assert_eq!(stories.len(), told.len());
}
