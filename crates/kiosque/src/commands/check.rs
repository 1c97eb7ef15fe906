//! `kiosque check`: the pipeline's file first, without I/O; then what it names is tried.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kiosque_edition::{Format, GroupBy};

use crate::cli::CheckArgs;
use crate::config::{BusConfig, Config};
use crate::{catalogue, line};

/// Prints a line for everything tried.
pub(crate) fn run(args: &CheckArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    let editions: Vec<_> = config.editions.iter().map(|spec| spec.name.as_str()).collect();
    println!(
        "ok  file       {}: pipeline `{}`, {} sources, editions {}",
        config.file,
        config.name,
        config.sources.len(),
        editions.join(", ")
    );
    if args.offline {
        return Ok(ExitCode::SUCCESS);
    }
    line::open_log(&config.bus)?;
    match &config.bus {
        BusConfig::Memory => println!("ok  bus        in memory"),
        BusConfig::Embedded { path, .. } => println!("ok  bus        {}", path.display()),
    }
    let store = line::open_store(&config)?;
    println!("ok  store      {}", config.store.display());
    kiosque_store::StageMemory::open(&config.state)?;
    println!("ok  state      {}", config.state.display());
    for spec in &config.editions {
        let empty = kiosque_edition::compose(jiff::civil::date(2000, 1, 1), &[], spec);
        for format in Format::ALL {
            kiosque_edition::render(&empty, format, GroupBy::Rubrique)?;
        }
    }
    println!("ok  templates  {}", Format::ALL.map(Format::extension).join(", "));
    check_sources(&config)?;
    drop(store);
    Ok(ExitCode::SUCCESS)
}

/// Tries the first address of every source but those of the invented press, which is served by `run` alone.
fn check_sources(config: &Config) -> Result<()> {
    if config.invented_press {
        println!("ok  sources    {}: the invented press, served by `kiosque run`", config.sources.len());
        return Ok(());
    }
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let mut failed = 0;
    for source in runtime.block_on(catalogue::load(config))?.into_iter().filter(|source| source.enabled) {
        match runtime.block_on(kiosque_crawl::fetch_once(config.crawl.clone(), &source.url)) {
            Ok(fetched) if fetched.status == 200 => println!("ok  source     {}", source.id),
            Ok(fetched) => {
                failed += 1;
                println!("BAD source     {}: {} answered {}", source.id, source.url, fetched.status);
            }
            Err(error) => {
                failed += 1;
                println!("BAD source     {}: {error}", source.id);
            }
        }
    }
    if failed > 0 {
        bail!("{failed} sources cannot be read\nhint: look at one with `kiosque probe URL`");
    }
    Ok(())
}
