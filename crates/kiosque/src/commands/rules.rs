//! `kiosque rules list|test`: the watchlists and rules of a pipeline, tried over past days before they take effect.
//!
//! Nothing is written: stored articles are read, the rules are applied to them in memory, and what would change beside
//! what is stored is printed, with the rule, its version and the words.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use jiff::civil::Date;
use kiosque_classify::{WatchRule, WatchSet};
use kiosque_model::{Placement, Rubrique, Tagged};
use kiosque_store::Store;
use serde_json::json;

use super::UsageError;
use crate::cli::{RulesArgs, RulesVerb};
use crate::config::Config;
use crate::rules;

/// Days tried where none are named.
const USUAL_DAYS: usize = 7;

/// Lists or tests.
pub(crate) fn run(args: &RulesArgs) -> Result<ExitCode> {
    let (pipeline, verb) = verb(&args.words)?;
    let config = Config::load(pipeline.as_deref())?;
    let Some(folder) = args.watch.as_deref().or(config.classify.watch.as_deref()) else {
        let hint =
            "name a folder with `--watch`, or in the pipeline as `[classify] watch`; docs/watchlists.md";
        return Err(UsageError(format!("the pipeline has no watchlists\nhint: {hint}")).into());
    };
    let set: WatchSet = rules::read(folder)?;
    if let Some(id) = args.rule.as_deref().filter(|id| !set.rules().iter().any(|rule| rule.id() == *id)) {
        let known: Vec<_> = set.rules().iter().map(WatchRule::id).collect();
        return Err(
            UsageError(format!("there is no rule `{id}`\nhint: there are {}", known.join(", "))).into()
        );
    }
    let asked = |rule: &str| args.rule.as_deref().is_none_or(|id| id == rule);
    match verb {
        RulesVerb::List => {
            set.rules().iter().filter(|rule| asked(rule.id())).for_each(|rule| list(rule, args.json));
        }
        RulesVerb::Test => {
            test(&config, &set, args, &asked)?;
            super::check::check_lists(&set, &config.editions)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `[PIPELINE] VERB`, or the other way round, as other commands have it.
fn verb(words: &[String]) -> Result<(Option<PathBuf>, RulesVerb)> {
    let read = |word: &String| match word.as_str() {
        "list" => Some(RulesVerb::List),
        "test" => Some(RulesVerb::Test),
        _ => None,
    };
    let at = words.iter().rposition(|word| read(word).is_some());
    let Some((at, verb)) = at.and_then(|at| Some((at, read(&words[at])?))) else {
        let said = words.join(" ");
        return Err(UsageError(format!(
            "`{said}` says neither `list` nor `test`\nhint: kiosque rules [PIPELINE] list"
        ))
        .into());
    };
    let named = std::env::var_os("KIOSQUE_PIPELINE").filter(|name| !name.is_empty());
    let other = words.iter().enumerate().find(|(n, _)| *n != at).map(|(_, word)| PathBuf::from(word));
    Ok((other.or(named.map(PathBuf::from)), verb))
}

fn list(rule: &WatchRule, as_json: bool) {
    let (file, line) = rule.place();
    if as_json {
        let (watchlist, rubrique) = (rule.watchlist(), rule.rubrique());
        println!(
            "{}",
            json!({"id": rule.id(), "version": rule.version(), "file": file, "line": line, "watchlist": watchlist, "rubrique": rubrique})
        );
        return;
    }
    println!(
        "{:<24} v{:<4} {file}:{line}  {}",
        rule.id(),
        rule.version(),
        effect(rule.watchlist(), rule.rubrique())
    );
}

fn effect(watchlist: Option<&str>, rubrique: Option<Rubrique>) -> String {
    let list = watchlist.map(|list| format!("veille « {list} »"));
    let section = rubrique.map(|rubrique| format!("rubrique {}", rubrique.label_fr()));
    list.into_iter().chain(section).collect::<Vec<_>>().join(", ")
}

/// The days asked for that have articles.
fn days(store: &Store, args: &RulesArgs) -> Result<Vec<Date>> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && to < from
    {
        return Err(UsageError("`--to` lies before `--from`".to_owned()).into());
    }
    let all = store.days()?.into_iter().map(|(day, _)| day);
    let days: Vec<Date> = all
        .filter(|day| args.from.is_none_or(|from| *day >= from) && args.to.is_none_or(|to| *day <= to))
        .collect();
    let skip = if args.from.is_some() { 0 } else { days.len().saturating_sub(USUAL_DAYS) };
    Ok(days[skip..].to_vec())
}

/// What the test counts for one rule.
#[derive(Default)]
struct Tally {
    met: usize,
    added: usize,
    removed: usize,
}

fn test(config: &Config, set: &WatchSet, args: &RulesArgs, asked: &dyn Fn(&str) -> bool) -> Result<()> {
    let store = Store::open_read_only(&config.store)?;
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for rule in set.rules().iter().filter(|rule| asked(rule.id())) {
        tallies.insert(rule.id().to_owned(), Tally::default());
    }
    let (mut read, mut changed) = (0, 0);
    let days = days(&store, args)?;
    for day in &days {
        for article in store.day(*day)?.into_iter().flat_map(|story| story.articles) {
            read += 1;
            let tagged = article.tagged;
            let placements = set.placements(&tagged);
            let shown = |placement: &&Placement| asked(&placement.rule);
            for placement in placements.iter().filter(shown) {
                let tally = tallies.entry(placement.rule.clone()).or_default();
                tally.met += 1;
                tally.added += usize::from(!does(&tagged.placements, placement));
            }
            let gone: Vec<&Placement> =
                tagged.placements.iter().filter(shown).filter(|old| !does(&placements, old)).collect();
            for old in &gone {
                tallies.entry(old.rule.clone()).or_default().removed += 1;
            }
            let new: Vec<&Placement> =
                placements.iter().filter(shown).filter(|new| !does(&tagged.placements, new)).collect();
            let rubrique = placements.iter().find_map(|p| p.rubrique).unwrap_or(tagged.rubrique_by_itself());
            if !new.is_empty() || !gone.is_empty() {
                changed += 1;
                tell(*day, &tagged, (&new, &gone), rubrique, args.json);
            }
        }
    }
    sum_up(&tallies, (days.len(), read, changed), args.json);
    Ok(())
}

/// Whether a placement of the same effect is among them.
fn does(all: &[Placement], one: &Placement) -> bool {
    all.iter().any(|p| p.rule == one.rule && p.watchlist == one.watchlist && p.rubrique == one.rubrique)
}

/// An article that would change.
fn tell(
    day: Date,
    tagged: &Tagged,
    (new, gone): (&[&Placement], &[&Placement]),
    rubrique: Rubrique,
    as_json: bool,
) {
    let article = &tagged.article;
    if as_json {
        println!(
            "{}",
            json!({
                "day": day, "id": article.id, "url": article.canonical_url.as_str(), "title": article.title,
                "source": article.source, "added": new, "removed": gone,
                "rubrique": {"now": tagged.rubrique, "then": rubrique},
            })
        );
        return;
    }
    println!("{day}  {}  {}", article.source, article.title.as_deref().unwrap_or("sans titre"));
    for (sign, placement) in new.iter().map(|p| ("+", p)).chain(gone.iter().map(|p| ("-", p))) {
        let words: Vec<String> = placement
            .mentions
            .iter()
            .map(|m| {
                format!(
                    "« {} » ({} {}-{})",
                    m.text,
                    if m.field == kiosque_model::Field::Title { "titre" } else { "texte" },
                    m.place.start,
                    m.place.end
                )
            })
            .collect();
        let effect = effect(placement.watchlist.as_deref(), placement.rubrique);
        println!("  {sign} {} v{}  {effect}  {}", placement.rule, placement.version, words.join(", "));
    }
    if rubrique != tagged.rubrique {
        println!("    {} → {}", tagged.rubrique.label_fr(), rubrique.label_fr());
    }
}

fn sum_up(tallies: &BTreeMap<String, Tally>, (days, read, changed): (usize, usize, usize), as_json: bool) {
    if as_json {
        let rules: Vec<_> = tallies
            .iter()
            .map(|(rule, t)| json!({"rule": rule, "met": t.met, "added": t.added, "removed": t.removed}))
            .collect();
        println!("{}", json!({"days": days, "articles": read, "changed": changed, "rules": rules}));
        return;
    }
    println!("Jours {days}, articles lus {read}, articles qui changeraient {changed} ; rien n’a été écrit.");
    for (rule, tally) in tallies {
        println!("  {rule:<24} rencontrée {}, ajouts {}, retraits {}", tally.met, tally.added, tally.removed);
    }
}
