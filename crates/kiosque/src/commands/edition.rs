//! `kiosque edition`: build, list and show the compilation of a day; what editors decide of it stands in `decide` and
//! `takeover`, how it goes out in `issue`.

mod decide;
pub(crate) mod issue;
pub(crate) mod law;
mod takeover;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use kiosque_edition::{EditionSpec, Format, GroupBy};
use kiosque_model::{Edition, EditionState};
use kiosque_store::Store;
use serde_json::json;

use super::UsageError;
use crate::cli::{EditionArgs, EditionCommand, Which};
use crate::config::Config;
use crate::{line, words};

/// Does one of them.
pub(crate) fn run(command: EditionCommand) -> Result<ExitCode> {
    match command {
        EditionCommand::Build(args) => build(&args)?,
        EditionCommand::List(args) => list(&args)?,
        EditionCommand::Show(args) => show(&args)?,
        EditionCommand::Publish(args) => issue::publish(&args)?,
        EditionCommand::Freeze(args) => issue::change(&args, kiosque_edition::freeze)?,
        EditionCommand::Thaw(args) => issue::change(&args, kiosque_edition::thaw)?,
        EditionCommand::Ledger(args) => issue::ledger(&args)?,
        EditionCommand::Send(args) => return super::send::run(&args),
        EditionCommand::Decisions(args) => decide::list(&args)?,
        EditionCommand::Clone(args) => takeover::clone(&args)?,
        other => decide::run(other)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn build(args: &EditionArgs) -> Result<()> {
    let desk = Desk::open(args.pipeline.path(), &args.which)?;
    let built = kiosque_edition::build(&desk.store, desk.spec(), desk.date)?;
    tell(&built.edition, built.changed, args.which.json)
}

/// Says how an edition stands.
fn tell(edition: &Edition, changed: bool, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(edition)?);
        return Ok(());
    }
    let state = match edition.state {
        EditionState::Open => "",
        EditionState::Frozen => ", gelée",
        EditionState::Published => ", publiée",
    };
    println!(
        "{} du {} : {} pour {}, révision {}{state}{}",
        edition.name,
        kiosque_edition::long_date(edition.date),
        words::count(edition.items().count() as u64, "sujet"),
        words::count(edition.articles as u64, "article"),
        edition.revision,
        if changed { "" } else { " (inchangée)" }
    );
    Ok(())
}

/// A pipeline's store open for writing, with the edition and day that are meant.
struct Desk {
    config: Config,
    store: Store,
    edition: Option<String>,
    date: Date,
}

impl Desk {
    fn open(pipeline: Option<&Path>, which: &Which) -> Result<Self> {
        let config = Config::load(pipeline)?;
        let spec = spec(&config, which.edition.as_deref())?;
        Store::open_read_only(&config.store)?;
        let store = line::open_store(&config)?;
        // What the file grants or withdraws holds at once, not when a line runs next.
        store.sync_sources(&config.sources.iter().map(line::source_row).collect::<Vec<_>>())?;
        let date = match which.date {
            Some(date) => date,
            None => newest_day(&config, &store, spec)?,
        };
        let window = kiosque_edition::window(spec, date).map_err(|e| UsageError(e.to_string()))?;
        let day = |at: jiff::Timestamp| at.to_zoned(config.time_zone.clone()).date();
        let (first, last) = (day(window.from), day(window.until));
        let has = |(day, _): &(Date, usize)| (first..=last).contains(day);
        if store.edition(&spec.name, date)?.is_none() && !store.days()?.iter().any(has) {
            bail!(
                "the store has no article of {date}\nhint: `kiosque query 'SELECT day, count(*) FROM articles GROUP BY day'` shows the days it has"
            );
        }
        Ok(Self { edition: which.edition.clone(), config, store, date })
    }

    fn spec(&self) -> &EditionSpec {
        spec(&self.config, self.edition.as_deref()).expect("it was found when the desk was opened")
    }

    /// The edition as the store has it, built where it has none.
    fn kept(&self) -> Result<Edition> {
        match self.store.edition(&self.spec().name, self.date)? {
            Some(edition) => Ok(edition),
            None => Ok(kiosque_edition::build(&self.store, self.spec(), self.date)?.edition),
        }
    }
}

/// The day that is meant where none is named: that of the newest edition the store has, as for those who only read it,
/// unless an article came in for a newer day that has begun and was not built yet.
fn newest_day(config: &Config, store: &Store, spec: &EditionSpec) -> Result<Date> {
    let Some((newest, _)) = store.days()?.pop() else {
        bail!("the store `{}` has no article yet\nhint: run `kiosque run` first", config.store.display())
    };
    let next = kiosque_edition::dates_of(spec, newest).first().copied().unwrap_or(newest);
    Ok(match newest_kept(config, store, &spec.name)? {
        Some(kept) if next <= kept || next > newest || store.edition(&spec.name, next)?.is_some() => kept,
        _ => next,
    })
}

/// The day of the newest edition of that name that has begun and has something in it; where none has begun, of the first
/// to come that has something in it.
fn newest_kept(config: &Config, store: &Store, name: &str) -> Result<Option<Date>> {
    let rows = store.editions()?;
    let of_it = || rows.iter().filter(|row| row.name == name);
    let due = of_it().filter(|row| row.is_due(&config.time_zone)).map(|row| row.date).max();
    Ok(due.or_else(|| of_it().filter(|row| row.items > 0).map(|row| row.date).min()))
}

fn list(args: &EditionArgs) -> Result<()> {
    let config = Config::load(args.pipeline.path())?;
    let store = Store::open_read_only(&config.store)?;
    let which = &args.which;
    let asked = |name: &str| which.edition.as_ref().is_none_or(|asked| asked == name);
    let rows: Vec<_> = store
        .editions()?
        .into_iter()
        .filter(|row| asked(&row.name) && which.date.is_none_or(|date| date == row.date))
        // A day to come, or one without news, has an open edition that nobody can read.
        .filter(|row| row.items > 0 || row.state != EditionState::Open || which.date.is_some())
        .collect();
    if which.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "edition": row.name, "date": row.date, "revision": row.revision, "items": row.items,
                    "articles": row.articles, "as_of": row.as_of, "state": row.state,
                })
            })
            .collect();
        println!("{}", serde_json::Value::Array(rows));
        return Ok(());
    }
    for row in rows {
        println!(
            "{}  {:<12} {:>12} {:>13}  révision {}{}",
            row.date,
            row.name,
            words::count(row.items as u64, "sujet"),
            words::count(row.articles as u64, "article"),
            row.revision,
            match row.state {
                EditionState::Open => "",
                EditionState::Frozen => ", gelée",
                EditionState::Published => ", publiée",
            }
        );
    }
    Ok(())
}

fn show(args: &EditionArgs) -> Result<()> {
    let config = Config::load(args.pipeline.path())?;
    let store = Store::open_read_only(&config.store)?;
    let mut edition = stored(&config, &store, args.which.edition.as_deref(), args.which.date)?;
    if edition.state == EditionState::Published || !args.which.json {
        // As it goes out or went out: of a list of links, no extract.
        let spec = spec(&config, Some(&edition.name))?;
        match law::lawful((&config, &store), spec, &edition, kiosque_edition::usual_mode(&edition, spec)) {
            Ok(lawful) => edition = lawful,
            Err(error) => eprintln!("warning: {error}"),
        }
    }
    let format = if args.which.json { Format::Json } else { Format::Markdown };
    print!("{}", String::from_utf8_lossy(&kiosque_edition::render(&edition, format, GroupBy::Rubrique)?));
    if edition.state != EditionState::Published {
        tell_uncertain(&store, &edition)?;
    }
    Ok(())
}

/// Tells which items may stand under a wrong rubrique, as the classifier says itself; what an editor put somewhere is
/// no matter of doubt.
fn tell_uncertain(store: &Store, edition: &Edition) -> Result<()> {
    for item in edition.items() {
        let doubt = store.uncertain(&item.article)?;
        if let Some((_, other)) = doubt.filter(|(filed, _)| *filed == item.rubrique) {
            eprintln!(
                "note: item {} stands under {} without much evidence, it may be {}\nhint: `kiosque edition rubrique --to {other} PIPELINE {}`",
                item.number,
                item.rubrique.label_fr(),
                other.label_fr(),
                item.number
            );
        }
    }
    Ok(())
}

/// The specification of an edition, the pipeline's first where none is named.
pub(crate) fn spec<'c>(config: &'c Config, name: Option<&str>) -> Result<&'c EditionSpec> {
    let mut specs = config.editions.iter();
    let found = match name {
        Some(name) => specs.find(|spec| spec.name == name),
        None => specs.next(),
    };
    found.ok_or_else(|| {
        let names: Vec<_> = config.editions.iter().map(|spec| format!("`{}`", spec.name)).collect();
        let asked = name.unwrap_or_default();
        UsageError(format!("the pipeline has no edition `{asked}`\nhint: it has {}", names.join(", "))).into()
    })
}

/// An edition as the store has it; the newest where no day is named.
pub(crate) fn stored(
    config: &Config,
    store: &Store,
    name: Option<&str>,
    date: Option<Date>,
) -> Result<Edition> {
    let name = &spec(config, name)?.name;
    let date = match date {
        Some(date) => Some(date),
        None => match newest_kept(config, store, name)? {
            Some(date) => Some(date),
            // Where none has anything in it yet, an empty one is all there is.
            None => store.editions()?.iter().filter(|row| row.name == *name).map(|row| row.date).min(),
        },
    };
    let edition = match date {
        Some(date) => store.edition(name, date)?,
        None => None,
    };
    edition.with_context(|| {
        let day = date.map_or_else(|| "yet".to_owned(), |date| format!("of {date}"));
        format!("there is no edition `{name}` {day}\nhint: `kiosque edition list` shows those there are, `kiosque edition build` makes one")
    })
}

/// Where an edition's file for readers stands.
pub(crate) fn export_path(config: &Config, edition: &Edition, format: Format) -> PathBuf {
    config.export_dir.join(format!("{}-{}.{}", edition.date, edition.name, format.extension()))
}

/// Writes a file whole or not at all, and only if it says something new.
pub(crate) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.is_file() && std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let told = || {
        format!(
            "cannot write `{}`\nhint: check the folder, its permissions and the room left",
            path.display()
        )
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(told)?;
    }
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        // A device or a pipe is written to, not replaced.
        return std::fs::write(path, bytes).with_context(told);
    }
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    // Named for this process: another one that writes the same file does not write into it.
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(format!(".{}.part", std::process::id()));
    let whole = std::fs::File::create(&unfinished).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, path)
    });
    if whole.is_err() {
        // What is left of it is of no use, and the first error says why.
        let _ = std::fs::remove_file(&unfinished);
    }
    whole.with_context(told)
}
