//! `kiosque sources`: the catalogue of a pipeline, looked at and changed.
//!
//! The pipeline's file is the one truth: what is switched or added is written there, and a line reads it when it
//! starts.

mod add;
mod list;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::batch;
use crate::catalogue::edit::Editor;
use crate::catalogue::{self, transfer};
use crate::cli::{CatalogueFormat, SourcesArgs, SourcesCommand};
use crate::commands::{UsageError, edition};
use crate::config::{Config, SourceConfig};

/// Does what the subcommand says.
pub(crate) fn run(args: SourcesArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    match args.command {
        SourcesCommand::List { json } => list::run(&config, json),
        SourcesCommand::Add(add) => add::run(&config, &add),
        SourcesCommand::Enable { ids } => switch(&config, &ids, true, None),
        SourcesCommand::Disable { ids, reason } => switch(&config, &ids, false, reason.as_deref()),
        SourcesCommand::Import { file, dry_run } => import(&config, &batch::file_bytes(&file)?, dry_run)
            .with_context(|| format!("cannot import `{}`", file.display())),
        SourcesCommand::Export { format, out } => {
            let sources = catalogue::all(&config)?;
            let text = match format {
                CatalogueFormat::Opml => transfer::to_opml(&config.name, &sources),
                CatalogueFormat::Csv => transfer::to_csv(&sources)?,
            };
            match out {
                Some(path) => edition::write_if_changed(&path, text.as_bytes())?,
                None => std::io::stdout().write_all(text.as_bytes())?,
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The source of an id.
///
/// # Errors
/// A wrong use of the command, with the nearest id there is.
pub(crate) fn known<'c>(config: &'c Config, id: &str) -> Result<&'c SourceConfig, UsageError> {
    config
        .sources
        .iter()
        .find(|source| source.id == id)
        .ok_or_else(|| UsageError(unknown(&config.sources, id)))
}

/// The source of an id, where it stands in the pipeline's own file: only that one is written.
fn in_file<'c>(config: &'c Config, id: &str) -> Result<&'c SourceConfig> {
    let all = catalogue::all(config)?;
    let is_listed = all.iter().skip(config.sources.len()).any(|source| source.id == id);
    if let Some(place) = config.sources_file.as_ref().filter(|_| is_listed) {
        return Err(UsageError(format!(
            "`{id}` stands in `sources_file` = `{place}`\nhint: strike it out there, or move it to {} with `kiosque sources import`",
            config.file
        ))
        .into());
    }
    Ok(known(config, id)?)
}

/// What to say of an id that no source has.
pub(crate) fn unknown(sources: &[SourceConfig], id: &str) -> String {
    let near = sources.iter().map(|s| (strsim::levenshtein(id, &s.id), s.id.as_str())).min();
    let hint = match near {
        Some((distance, near)) if distance <= 3 || near.contains(id) => format!("did you mean `{near}`?"),
        _ => "`kiosque sources list` names them".to_owned(),
    };
    format!("no source of the pipeline has the id `{id}`\nhint: {hint}")
}

fn switch(config: &Config, ids: &[String], enabled: bool, reason: Option<&str>) -> Result<ExitCode> {
    let mut editor = Editor::open(&config.file)?;
    let sources = ids.iter().map(|id| in_file(config, id)).collect::<Result<Vec<_>>>()?;
    for source in &sources {
        editor.switch(&source.id, enabled, reason)?;
    }
    editor.save()?;
    for source in sources {
        println!("{}  {}", if enabled { "on " } else { "off" }, source.id);
        if let Some(reason) = source.reason.as_ref().filter(|_| enabled && !source.enabled) {
            eprintln!("note: `{}` was off for a reason, which still stands in the file: {reason}", source.id);
        }
    }
    eprintln!("note: a line that runs reads this when it starts again");
    Ok(ExitCode::SUCCESS)
}

fn import(config: &Config, bytes: &[u8], dry_run: bool) -> Result<ExitCode> {
    let plan = transfer::plan(bytes, &catalogue::all(config)?)?;
    for source in &plan.sources {
        let feeds = source.feeds.len() + 1;
        println!(
            "new   {}: {}, lists: {feeds}{}",
            source.id,
            source.url,
            if source.enabled { "" } else { ", off" }
        );
    }
    for (id, feeds) in &plan.feeds {
        feeds.iter().for_each(|feed| println!("feed  {id}: {}", feed.url));
    }
    plan.refused.iter().for_each(|why| println!("BAD   {why}"));
    plan.left_out.iter().for_each(|what| println!("WARN  {what}: left out"));
    println!(
        "{} new sources, {} new feeds of known ones, {} known, {} refused",
        plan.sources.len(),
        plan.feeds.iter().map(|(_, feeds)| feeds.len()).sum::<usize>(),
        plan.known,
        plan.refused.len()
    );
    let is_new = !plan.sources.is_empty() || !plan.feeds.is_empty();
    if is_new && !dry_run {
        let mut editor = Editor::open(&config.file)?;
        for source in &plan.sources {
            editor.add(source)?;
        }
        for (id, feeds) in &plan.feeds {
            editor.add_feeds(id, feeds)?;
        }
        editor.save()?;
    }
    Ok(ExitCode::SUCCESS)
}
