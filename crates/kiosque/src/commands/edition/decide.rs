//! What editors decide of an edition, each as one command: kept apart from what is computed, with who and when.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use kiosque_edition::{Act, Ruling, in_force, taken_back};
use kiosque_model::{ArticleId, CanonicalUrl, Edition, EditionItem, EditionState, PageId};
use kiosque_store::{Decision, Issue};
use serde_json::json;

use super::{Desk, UsageError, law};
use crate::cli::{
    EditionArgs, EditionCommand, ItemArgs, NoteArgs, SplitArgs, To, UndoArgs, Who, pipeline_and_word,
};

/// Takes one decision and builds the edition again.
pub(super) fn run(command: EditionCommand) -> Result<()> {
    match command {
        EditionCommand::Pin(args) => on_item(&args.item, |_, _| Ok(Act::Pin { position: args.position })),
        EditionCommand::Order(args) => on_item(&args.item, |_, _| Ok(Act::Order { position: args.position })),
        EditionCommand::Drop(args) => on_item(&args.item, |_, _| Ok(Act::Drop { only: args.only })),
        EditionCommand::Move(args) => on_item(&args.item, |_, _| Ok(Act::Move { front: args.to == To::Une })),
        EditionCommand::Retitle(args) => on_item(&args.item, |_, _| {
            if args.text.trim().is_empty() {
                bail!("a headline cannot be empty\nhint: `kiosque edition undo` takes an earlier one back");
            }
            Ok(Act::Retitle { title: args.text.clone() })
        }),
        EditionCommand::Extract(args) => {
            on_item(&args.item, |_, _| Ok(Act::Extract { text: args.text.clone() }))
        }
        EditionCommand::Rubrique(args) => on_item(&args.item, |desk, _| {
            if desk.spec().place_of(args.to).is_none() {
                bail!("the edition `{}` has no rubrique `{}`", desk.spec().name, args.to);
            }
            Ok(Act::Rubrique { rubrique: args.to })
        }),
        EditionCommand::Merge(args) => on_item(&args.item, |desk, target| {
            let with = article(desk, &args.with)?;
            if with == *target {
                bail!("an item cannot be merged with itself");
            }
            Ok(Act::Merge { with })
        }),
        EditionCommand::Split(args) => on_item(&args.item, |desk, target| split(desk, target, &args)),
        EditionCommand::Note(args) => on_edition(&args, |text| Act::Note { text }),
        EditionCommand::Erratum(args) => on_edition(&args, |text| Act::Erratum { text }),
        EditionCommand::Undo(args) => undo(&args),
        other => unreachable!("{other:?} is no decision"),
    }
}

fn on_item(args: &ItemArgs, act: impl FnOnce(&Desk, &ArticleId) -> Result<Act>) -> Result<()> {
    let (pipeline, item) = pipeline_and_word(&args.words);
    let desk = Desk::open(pipeline.as_deref(), &args.which)?;
    let target = article(&desk, item)?;
    let act = act(&desk, &target)?;
    decide(&desk, Some(&target), &act, &args.by, args.which.json)
}

fn on_edition(args: &NoteArgs, act: impl FnOnce(String) -> Act) -> Result<()> {
    if args.text.trim().is_empty() {
        bail!("there are no words to print\nhint: give them with --text");
    }
    let desk = Desk::open(args.desk.pipeline.path(), &args.desk.which)?;
    let target = args.item.as_deref().map(|item| article(&desk, item)).transpose()?;
    decide(&desk, target.as_ref(), &act(args.text.clone()), &args.desk.by, args.desk.which.json)
}

fn split(desk: &Desk, target: &ArticleId, args: &SplitArgs) -> Result<Act> {
    let along = args.along.iter().map(|item| article(desk, item)).collect::<Result<Vec<_>>>()?;
    if let Some(from) = &args.from {
        return Ok(Act::Split { from: article(desk, from)?, along });
    }
    let edition = desk.kept()?;
    let item = edition.items().find(|item| tells(item, target)).context("the story is not in the edition")?;
    // Where the article speaks for its story itself, it leaves the next one.
    let others = item.others.iter().map(|other| &other.article);
    let stay = std::iter::once(&item.article).chain(others).find(|id| *id != target && !along.contains(id));
    match stay {
        Some(from) => Ok(Act::Split { from: from.clone(), along }),
        None => bail!("`{}` is alone in its story: there is nothing to split", item.title),
    }
}

fn undo(args: &UndoArgs) -> Result<()> {
    let (pipeline, word) = pipeline_and_word(&args.words);
    let number: i64 =
        word.parse().map_err(|_| UsageError(format!("`{word}` is no number of a decision such as `12`")))?;
    let desk = Desk::open(pipeline.as_deref(), &args.which)?;
    let decisions = desk.store.decisions(&desk.spec().name, desk.date)?;
    let Some(decision) = decisions.iter().find(|decision| decision.number == number) else {
        bail!(
            "the edition `{}` of {} has no decision {number}\nhint: `kiosque edition decisions` lists them",
            desk.spec().name,
            desk.date
        );
    };
    if let Some(by) = taken_back_by(&decisions, number) {
        bail!(
            "the decision {number} was taken back already, by {by}\nhint: `kiosque edition undo {by}` brings it back"
        );
    }
    let of = &decision.decision;
    if let Some(issue) = out(&desk)?
        && number <= issue.decision
        // What was decided for all editions and days holds for those to come.
        && of.edition.is_some()
    {
        bail!("{}", too_late(&desk, "taking back what it was made with"));
    }
    let act = Act::Undo { number };
    let mut row =
        Ruling::row((&desk.spec().name, desk.date), None, &act, (&args.by.name(), Timestamp::now()));
    // What was decided for all editions and days is taken back for all of them.
    (row.edition, row.date, row.target) = (of.edition.clone(), of.date, of.target.clone());
    let taken = desk.store.decide(&row)?;
    rebuilt(&desk, (taken, None), &act, args.which.json)
}

/// The edition as it went out, if it did.
pub(super) fn out(desk: &Desk) -> Result<Option<Issue>> {
    let issue = desk.store.issue(&desk.spec().name, desk.date)?;
    Ok(issue.filter(|issue| issue.state == EditionState::Published))
}

pub(super) fn too_late(desk: &Desk, what: &str) -> String {
    format!(
        "the edition `{}` of {} went out: {what} cannot change it any more\nhint: retitle, extract, note and drop still \
         correct what stands in it, erratum says the rest",
        desk.spec().name,
        desk.date
    )
}

/// The decision that took another one back and stands.
fn taken_back_by(decisions: &[Decision], number: i64) -> Option<i64> {
    let undone = taken_back(decisions);
    let mut undos =
        decisions.iter().filter_map(Ruling::read).filter(|ruling| !undone.contains(&ruling.number));
    undos.find(|ruling| ruling.act == Act::Undo { number }).map(|ruling| ruling.number)
}

fn decide(desk: &Desk, target: Option<&ArticleId>, act: &Act, by: &Who, json: bool) -> Result<()> {
    let (who, at) = (by.name(), Timestamp::now());
    if matches!(act, Act::Erratum { .. }) && out(desk)?.is_none() {
        bail!(
            "the edition `{}` of {} is not out yet: nobody has what an erratum would correct\nhint: correct the edition \
             itself (retitle, extract, note, drop)",
            desk.spec().name,
            desk.date
        );
    }
    if let Some(issue) = out(desk)?.filter(|_| !act.regroups()) {
        let ruling =
            Ruling { number: i64::MAX, target: target.cloned(), act: act.clone(), who: who.clone(), at };
        let corrects = kiosque_edition::amends(act)
            && kiosque_edition::amend(&issue.edition, &[ruling], true) != issue.edition;
        if !corrects {
            bail!("{}", too_late(desk, &format!("this `{}`", act.kind())));
        }
    }
    let place = (&*desk.spec().name, desk.date);
    let row = Ruling::row(place, target, act, (&who, at));
    let number = desk.store.decide(&row)?;
    rebuilt(desk, (number, target), act, json)
}

/// Builds the edition anew and says what came of a decision.
fn rebuilt(desk: &Desk, which: (i64, Option<&ArticleId>), act: &Act, json: bool) -> Result<()> {
    let (number, target) = which;
    let before = desk.kept()?;
    let title = target.map(|id| title_of(desk, &before, &id.0)).transpose()?.flatten();
    let built = kiosque_edition::build(&desk.store, desk.spec(), desk.date)?;
    if act.regroups() || matches!(act, Act::Undo { .. }) {
        // What stories are holds for every edition: those of the day follow at once.
        for spec in desk.config.editions.iter().filter(|spec| spec.name != desk.spec().name) {
            if desk.store.edition(&spec.name, desk.date)?.is_some() {
                kiosque_edition::build(&desk.store, spec, desk.date)?;
            }
        }
    }
    let edition = &built.edition;
    let amends = amends(desk, which, act)?;
    let waits = match edition.state {
        EditionState::Open => None,
        EditionState::Frozen if amends => None,
        // A correction that did not go out yet is taken back.
        EditionState::Published if amends && matches!(act, Act::Undo { .. }) => None,
        EditionState::Frozen => Some("the edition is frozen: this waits until `kiosque edition thaw`"),
        EditionState::Published if amends => {
            Some("the edition went out: this goes out with the next `kiosque edition publish`, as an erratum")
        }
        EditionState::Published => Some("the edition went out: this holds for those to come"),
    };
    if json {
        let told = json!({
            "decision": number, "kind": act.kind(), "title": title, "edition": edition.name, "date": edition.date,
            "revision": edition.revision, "changed": built.changed, "waits": waits,
        });
        println!("{told}");
    } else {
        println!(
            "décision {number} ({}){} : {} du {}, révision {}{}",
            act.kind(),
            title.map(|title| format!(", «\u{a0}{title}\u{a0}»")).unwrap_or_default(),
            edition.name,
            kiosque_edition::long_date(edition.date),
            edition.revision,
            if built.changed { "" } else { " (inchangée)" }
        );
    }
    if let Some(waits) = waits {
        eprintln!("warning: {waits}");
    }
    let takes_out = matches!(act, Act::Drop { .. } | Act::Undo { .. }) || act.regroups();
    if target.is_some_and(|id| !takes_out && !edition.items().any(|item| tells(item, id))) {
        eprintln!("warning: the article stands in no item of the edition: this takes effect once it does");
    }
    warn_of_breaches(desk, edition);
    if is_renumbered(&before, edition) {
        eprintln!(
            "warning: items have other numbers now: list them again (`kiosque edition show`), or name them by their address"
        );
    }
    Ok(())
}

/// Says at once what would keep the edition from going out.
fn warn_of_breaches(desk: &Desk, edition: &Edition) {
    let mode = kiosque_edition::usual_mode(edition, desk.spec());
    if let Err(error) = law::lawful((&desk.config, &desk.store), desk.spec(), edition, mode) {
        eprintln!("warning: it cannot go out as it stands: {error}");
    }
}

/// Whether an item that stays has another number: whoever goes on by an older list would decide of the wrong one.
fn is_renumbered(before: &Edition, after: &Edition) -> bool {
    let numbers: BTreeMap<_, _> = after.items().map(|item| (&item.article, item.number)).collect();
    before.items().any(|item| numbers.get(&item.article).is_some_and(|number| *number != item.number))
}

/// Whether the latest decision changes the edition though it is closed.
fn amends(desk: &Desk, (number, target): (i64, Option<&ArticleId>), act: &Act) -> Result<bool> {
    let name = &desk.spec().name;
    let Some(issue) = desk.store.issue(name, desk.date)? else { return Ok(false) };
    Ok(match act {
        Act::Undo { .. } => {
            // What is in force of the corrections since, with this taking back and without it.
            let decisions = desk.store.decisions(name, desk.date)?;
            let without: Vec<_> = decisions.iter().filter(|kept| kept.number != number).cloned().collect();
            let corrections = |decisions: &[Decision]| {
                let mut rulings = in_force(decisions);
                rulings
                    .retain(|ruling| ruling.number > issue.decision && kiosque_edition::amends(&ruling.act));
                rulings
            };
            corrections(&decisions) != corrections(&without)
        }
        // Title and extract are those of the article that speaks for its story.
        Act::Retitle { .. } | Act::Extract { .. } => {
            target.is_some_and(|target| issue.edition.items().any(|item| item.article == *target))
        }
        other => kiosque_edition::amends(other),
    })
}

/// The article that an item's number, an address or an id means.
fn article(desk: &Desk, word: &str) -> Result<ArticleId> {
    if let Ok(number) = word.parse::<usize>()
        && word.len() < 10
    {
        let edition = desk.kept()?;
        let found = edition.items().find(|item| item.number == number).map(|item| item.article.clone());
        return found.with_context(|| {
            let last = edition.items().map(|item| item.number).max().unwrap_or(0);
            format!(
                "the edition `{}` of {} has no item {number}\nhint: it has {last}",
                edition.name, desk.date
            )
        });
    }
    let id = if word.contains("://") {
        CanonicalUrl::parse(word).map_err(|e| UsageError(format!("`{word}` is no address: {e}")))?.id()
    } else {
        PageId(word.to_owned())
    };
    if desk.store.article(&id)?.is_none() {
        bail!(
            "the store has no article `{word}`\nhint: `kiosque why {word}` tells what became of an address"
        );
    }
    Ok(id)
}

pub(super) fn tells(item: &EditionItem, article: &ArticleId) -> bool {
    item.article == *article
        || item.others.iter().any(|other| other.article == *article)
        || item.reprints.iter().any(|reprint| reprint.article == *article)
}

/// Lists the decisions on an edition.
pub(super) fn list(args: &EditionArgs) -> Result<()> {
    let desk = Desk::open(args.pipeline.path(), &args.which)?;
    let decisions = desk.store.decisions(&desk.spec().name, desk.date)?;
    let standing: Vec<_> = in_force(&decisions).iter().map(|ruling| ruling.number).collect();
    let waiting = kiosque_edition::waiting(&desk.store, desk.spec(), desk.date)?;
    let edition = desk.kept()?;
    for kept in &decisions {
        let decision = &kept.decision;
        let stands = standing.contains(&kept.number);
        let title = title_of(&desk, &edition, &decision.target)?;
        if args.which.json {
            let told = json!({
                "decision": kept.number, "kind": decision.kind, "article": decision.target, "title": title,
                "value": decision.value, "who": decision.who, "at": decision.at, "edition": decision.edition,
                "date": decision.date, "stands": stands, "waits": waiting.contains(&kept.number),
            });
            println!("{told}");
            continue;
        }
        println!(
            "{:>4}  {}  {:<12} {:<9} {}{}{}",
            kept.number,
            decision.at.to_zoned(desk.config.time_zone.clone()).strftime("%Y-%m-%d %H:%M"),
            decision.who,
            decision.kind,
            title.as_deref().unwrap_or("l’édition"),
            said(&desk, &edition, kept)?,
            match decision.kind.as_str() {
                _ if waiting.contains(&kept.number) => " (attend le dégel)",
                "undo" => "",
                _ if stands => "",
                _ => " (annulée)",
            }
        );
    }
    Ok(())
}

fn title_of(desk: &Desk, edition: &Edition, target: &str) -> Result<Option<String>> {
    if target.is_empty() {
        return Ok(None);
    }
    let id = PageId(target.to_owned());
    if let Some(item) = edition.items().find(|item| item.article == id) {
        return Ok(Some(item.title.clone()));
    }
    Ok(Some(
        desk.store.article(&id)?.and_then(|tagged| tagged.article.title).unwrap_or_else(|| target.to_owned()),
    ))
}

/// A text as a terminal may print it: without what would move its cursor or turn its direction.
fn on_one_line(text: &str) -> String {
    let shown = |c: char| match c {
        c if c.is_control() => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        c => c,
    };
    text.chars().map(shown).collect()
}

/// What goes with a decision, in short; nothing for a kind this program does not know.
fn said(desk: &Desk, edition: &Edition, kept: &Decision) -> Result<String> {
    let Some(ruling) = Ruling::read(kept) else { return Ok(String::new()) };
    let title = |id: &ArticleId| Ok::<_, anyhow::Error>(title_of(desk, edition, &id.0)?.unwrap_or_default());
    let said = match ruling.act {
        Act::Pin { position: None } | Act::Drop { only: false } => return Ok(String::new()),
        Act::Pin { position: Some(place) } | Act::Order { position: place } => format!("place {place}"),
        Act::Drop { only: true } => "cet article seul".to_owned(),
        Act::Move { front: true } => "à la une".to_owned(),
        Act::Move { front: false } => "dans sa rubrique".to_owned(),
        Act::Retitle { title: text } | Act::Extract { text } | Act::Note { text } | Act::Erratum { text } => {
            format!("«\u{a0}{}\u{a0}»", on_one_line(&text))
        }
        Act::Rubrique { rubrique } => rubrique.label_fr().to_owned(),
        Act::Merge { with } => format!("avec «\u{a0}{}\u{a0}»", title(&with)?),
        Act::Split { from, along } => {
            let along = along.iter().map(title).collect::<Result<Vec<_>>>()?;
            let along: Vec<_> = along.iter().map(|title| format!(", avec «\u{a0}{title}\u{a0}»")).collect();
            format!("de «\u{a0}{}\u{a0}»{}", title(&from)?, along.concat())
        }
        Act::Undo { number } => format!("décision {number}"),
    };
    Ok(format!("  {said}"))
}
