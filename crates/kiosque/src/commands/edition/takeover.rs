//! The decisions of an earlier day, taken over for the stories that go on.

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use kiosque_edition::{Act, Ruling, in_force};
use kiosque_model::EditionItem;

use super::Desk;
use super::decide::{out, tells, too_late};
use crate::cli::CloneArgs;
use crate::words;

/// The day of the edition before, which after a weekend is not the day before.
fn edition_before(desk: &Desk) -> Result<jiff::civil::Date> {
    let name = &desk.spec().name;
    let rows = desk.store.editions()?;
    let before =
        rows.iter().filter(|row| row.name == *name && row.date < desk.date).map(|row| row.date).max();
    before.with_context(|| {
        format!("there is no edition `{name}` before {}\nhint: name the day with --from", desk.date)
    })
}

/// Takes over the decisions of another day for the stories that go on.
pub(super) fn clone(args: &CloneArgs) -> Result<()> {
    let desk = Desk::open(args.desk.pipeline.path(), &args.desk.which)?;
    if out(&desk)?.is_some() {
        bail!("{}", too_late(&desk, "what is taken over"));
    }
    let name = desk.spec().name.clone();
    let from = match args.from {
        Some(from) => from,
        None => edition_before(&desk)?,
    };
    let edition = desk.kept()?;
    let who = args.desk.by.name();
    let (mut taken, mut left, mut of_its_day) = (0_u64, Vec::new(), Vec::new());
    let there = in_force(&desk.store.decisions(&name, desk.date)?);
    for ruling in in_force(&desk.store.decisions(&name, from)?) {
        if ruling.act.regroups() || matches!(ruling.act, Act::Erratum { .. }) {
            // What regroups stories holds for every day already; a correction was of its day.
            continue;
        }
        if ruling.target.is_none() {
            of_its_day.push(ruling.number.to_string());
            continue;
        }
        if let Some(target) = &ruling.target {
            let story = desk.store.placed(target)?.map(|placed| placed.story);
            // What is said of an article itself needs that article, the rest any of its story.
            let of_article =
                matches!(ruling.act, Act::Retitle { .. } | Act::Extract { .. } | Act::Drop { only: true });
            let goes_on = |item: &EditionItem| {
                tells(item, target) || !of_article && Some(&item.story) == story.as_ref()
            };
            if !edition.items().any(goes_on) {
                left.push(ruling.number.to_string());
                continue;
            }
        }
        if there.iter().any(|known| known.target == ruling.target && known.act == ruling.act) {
            // Taken over before.
            continue;
        }
        let at = (&*who, Timestamp::now());
        desk.store.decide(&Ruling::row((&name, desk.date), ruling.target.as_ref(), &ruling.act, at))?;
        taken += 1;
    }
    let built = kiosque_edition::build(&desk.store, desk.spec(), desk.date)?;
    if !args.desk.which.json {
        println!("Reprises du {from} : {}", words::count(taken, "décision"));
        if !left.is_empty() {
            println!("Laissées, leur article ou leur sujet n’est plus de l’édition : {}", left.join(", "));
        }
        if !of_its_day.is_empty() {
            println!("Laissées, notes sur l’édition de ce jour-là : {}", of_its_day.join(", "));
        }
    }
    super::tell(&built.edition, built.changed, args.desk.which.json)
}
