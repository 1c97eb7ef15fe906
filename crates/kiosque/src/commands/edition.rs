//! `kiosque edition`: build, list, show and publish the compilation of a day.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use kiosque_edition::{EditionSpec, Format, GroupBy};
use kiosque_model::Edition;
use kiosque_store::Store;
use serde_json::json;

use super::UsageError;
use crate::cli::{EditionArgs, EditionCommand};
use crate::config::Config;
use crate::{line, looks, words};

/// Does one of the four.
pub(crate) fn run(command: EditionCommand) -> Result<ExitCode> {
    match command {
        EditionCommand::Build(args) => build(&args)?,
        EditionCommand::List(args) => list(&args)?,
        EditionCommand::Show(args) => show(&args)?,
        EditionCommand::Publish(args) => publish(&args)?,
        EditionCommand::Send(args) => return super::send::run(&args),
    }
    Ok(ExitCode::SUCCESS)
}

fn build(args: &EditionArgs) -> Result<()> {
    let config = Config::load(args.pipeline.path())?;
    let (edition, changed) = built(&config, args)?;
    if args.json {
        println!("{}", serde_json::to_string(&edition)?);
    } else {
        let items = edition.front.len() + edition.sections.iter().map(|s| s.items.len()).sum::<usize>();
        println!(
            "{} du {} : {} pour {}, révision {}{}",
            edition.name,
            kiosque_edition::long_date(edition.date),
            words::count(items as u64, "sujet"),
            words::count(edition.articles as u64, "article"),
            edition.revision,
            if changed { "" } else { " (inchangée)" }
        );
    }
    Ok(())
}

fn built(config: &Config, args: &EditionArgs) -> Result<(Edition, bool)> {
    let spec = spec(config, args.edition.as_deref())?;
    Store::open_read_only(&config.store)?;
    let store = line::open_store(config)?;
    let Some(date) = args.date.or(store.days()?.last().map(|(day, _)| *day)) else {
        bail!("the store `{}` has no article yet\nhint: run `kiosque run` first", config.store.display());
    };
    if store.edition(&spec.name, date)?.is_none() && store.day(date)?.is_empty() {
        bail!(
            "the store has no article of {date}\nhint: `kiosque query 'SELECT day, count(*) FROM articles GROUP BY day'` shows the days it has"
        );
    }
    let built = kiosque_edition::build(&store, spec, date)?;
    Ok((built.edition, built.changed))
}

fn list(args: &EditionArgs) -> Result<()> {
    let config = Config::load(args.pipeline.path())?;
    let store = Store::open_read_only(&config.store)?;
    let asked = |name: &str| args.edition.as_ref().is_none_or(|asked| asked == name);
    let rows: Vec<_> = store
        .editions()?
        .into_iter()
        .filter(|row| asked(&row.name) && args.date.is_none_or(|date| date == row.date))
        .collect();
    if args.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "edition": row.name, "date": row.date, "revision": row.revision, "items": row.items,
                    "articles": row.articles, "as_of": row.as_of,
                })
            })
            .collect();
        println!("{}", serde_json::Value::Array(rows));
        return Ok(());
    }
    for row in rows {
        println!(
            "{}  {:<12} {:>12} {:>13}  révision {}",
            row.date,
            row.name,
            words::count(row.items as u64, "sujet"),
            words::count(row.articles as u64, "article"),
            row.revision
        );
    }
    Ok(())
}

fn show(args: &EditionArgs) -> Result<()> {
    let config = Config::load(args.pipeline.path())?;
    let store = Store::open_read_only(&config.store)?;
    let edition = stored(&config, &store, args.edition.as_deref(), args.date)?;
    let format = if args.json { Format::Json } else { Format::Markdown };
    print!("{}", String::from_utf8_lossy(&kiosque_edition::render(&edition, format, GroupBy::Rubrique)?));
    Ok(())
}

fn publish(args: &EditionArgs) -> Result<()> {
    let config = Config::load(args.pipeline.path())?;
    let (edition, _) = built(&config, args)?;
    let look = looks::look(&config, &edition.name)?;
    for format in Format::ALL {
        let path = export_path(&config, &edition, format);
        write_if_changed(&path, &kiosque_edition::render_with(&look, &edition, format, GroupBy::Rubrique)?)?;
        println!("{}", path.display());
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
    let newest = || {
        Ok::<_, anyhow::Error>(
            store
                .editions()?
                .iter()
                .filter(|row| row.name == *name && row.is_due(&config.time_zone))
                .map(|row| row.date)
                .max(),
        )
    };
    let date = match date {
        Some(date) => Some(date),
        None => newest()?,
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
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(".part");
    std::fs::write(&unfinished, bytes).with_context(told)?;
    std::fs::rename(&unfinished, path).with_context(told)
}
