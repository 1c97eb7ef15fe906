//! The command line: what can be typed, and the help that teaches it.
//!
//! Only words here: nothing is opened or checked beyond syntax. What the words mean is each command's business.
//! Names, fields and exit codes are called by scripts outside this repository and do not change without need.

mod decisions;
mod editions;
mod pages;
mod sources;
mod upkeep;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::civil::Date;
use kiosque_model::Rubrique;

pub(crate) use decisions::{
    CloneArgs, DeskArgs, ItemArgs, LedgerArgs, NoteArgs, PublishArgs, SplitArgs, To, UndoArgs, Who,
};
pub(crate) use editions::{By, EditionArgs, EditionCommand, ExportArgs, SendArgs, Which};
pub(crate) use pages::{ExtractArgs, ProbeArgs};
pub(crate) use sources::{AddArgs, CatalogueFormat, SourcesArgs, SourcesCommand};
pub(crate) use upkeep::{ImportArgs, PurgeArgs, ReplayArgs, RulesArgs, RulesVerb};

/// Exit status for wrong usage or an invalid pipeline.
pub(crate) const EXIT_USAGE: u8 = 2;
/// Exit status for anything else that failed.
pub(crate) const EXIT_FAILED: u8 = 1;

const AFTER_HELP: &str = "\
Start here:
  kiosque run                          crawl the invented press of the demo and build its Revue de presse
  kiosque check pipelines/mine.toml    read a pipeline file and try what it names
  kiosque run pipelines/mine.toml      crawl for ever; --until-idle ends after one visit of each source
  kiosque serve                        read the editions at http://127.0.0.1:8080
  kiosque why https://…                what became of one address, stage by stage

PIPELINE is a TOML file; where it is left out, KIOSQUE_PIPELINE names it, else it is the demo.
KIOSQUE__SECTION__KEY=value overrides any key of it (KIOSQUE__STORE__PATH=/data/store.sqlite).
Exit status: 0 done, 1 it failed, 2 wrong usage or an invalid pipeline.";

/// The press-review pipeline: from sources to the morning's edition.
#[derive(Debug, Parser)]
#[command(name = "kiosque", version, about, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    /// What the log shows on stderr, in tracing's filter syntax (`info`, `kiosque_crawl=debug`)
    #[arg(
        long,
        global = true,
        env = "KIOSQUE_LOG",
        default_value = "warn,html5ever=error",
        value_name = "FILTER"
    )]
    pub(crate) log: String,
    /// How it is written; by default text on a terminal, JSON elsewhere
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// A pipeline file.
#[derive(Debug, Args)]
pub(crate) struct Pipeline {
    /// The pipeline's TOML file
    #[arg(value_name = "PIPELINE", env = "KIOSQUE_PIPELINE")]
    file: Option<OsString>,
}

impl Pipeline {
    /// The file, where one is named; an empty name, as a container's environment may give, is none.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.file.as_deref().filter(|name| !name.is_empty()).map(Path::new)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run all stages in one process: crawl, deduplicate, extract, classify, group, store, build editions
    Run(RunArgs),
    /// Run one stage, where several processes share the work over a broker
    Stage(StageArgs),
    /// Read a pipeline file, then try its bus, store, templates and site rules
    Check(CheckArgs),
    /// Show per stage lag and outcomes, per source its last visit and state
    Status(StatusArgs),
    /// Tell what became of one address at every stage, and what to do if it is missing
    Why(WhyArgs),
    /// List, show, retry or drop the dead letters of the stages
    #[command(subcommand)]
    Dlq(DlqCommand),
    /// List watchlists and rules, or try them over past days without effect
    Rules(RulesArgs),
    /// Run kept raw pages through today's code, into the store or beside it
    Replay(ReplayArgs),
    /// Bring pages of archives (WARC, gzipped or not) onto the bus as if they were crawled
    Import(ImportArgs),
    /// Let go of raw pages, messages and breadcrumbs of days gone by
    Purge(PurgeArgs),
    /// List, add, switch, import or export the sources of a pipeline
    Sources(SourcesArgs),
    /// Build, correct, show and publish the compilation of a day
    #[command(subcommand)]
    Edition(EditionCommand),
    /// Write an edition in a format readers use
    Export(ExportArgs),
    /// Search the stored articles, blind to accents and to Arabic diacritics
    Search(SearchArgs),
    /// Run read-only SQL on the store
    Query(QueryArgs),
    /// Extract articles from HTML files
    Extract(ExtractArgs),
    /// Classify texts: language, rubrique, keywords
    Classify(BatchArgs),
    /// Find copies and stories among texts given in order of time
    Group(BatchArgs),
    /// Find the links of home and section pages that lead to articles
    Links(BatchArgs),
    /// Show what is at an address or in a file: feed, sitemap or page
    Probe(ProbeArgs),
    /// Say whether a robots.txt allows an address to an agent
    Robots(RobotsArgs),
    /// Print the canonical form of addresses
    Url(UrlArgs),
    /// Train the rubrique classifier on labelled texts
    Train(TrainArgs),
    /// Measure the stages: pages a second, time for a page, peak memory
    Bench(BenchArgs),
    /// Copy the store into a file while it is written
    Backup(BackupArgs),
    /// Bring a backup back to the place of the store; end the line first
    Restore(BackupArgs),
    /// Serve the editions, health and metrics over HTTP
    Serve(ServeArgs),
    /// Say whether a process that listens is ready: exit status 0 or 1, for containers' health checks
    Healthy {
        /// Where it listens
        #[arg(env = "KIOSQUE_LISTEN", default_value = "127.0.0.1:9090", value_name = "ADDR")]
        address: SocketAddr,
    },
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// End when every source was visited once, the bus is drained and the editions are built
    #[arg(long)]
    pub(crate) until_idle: bool,
    /// Serve the edition pages, health and metrics meanwhile
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
}

/// The stages a process can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StageName {
    Crawl,
    Dedup,
    Extract,
    Classify,
    Sink,
}

#[derive(Debug, Args)]
pub(crate) struct StageArgs {
    /// Which stage; of the sink there is one for each store, of the others as many as there are partitions
    #[arg(value_enum)]
    pub(crate) stage: StageName,
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// Serve health and metrics meanwhile
    #[arg(long, env = "KIOSQUE_LISTEN", value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// With crawl: end when every source was visited once
    #[arg(long)]
    pub(crate) until_idle: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// Only read the file; try no connection
    #[arg(long)]
    pub(crate) offline: bool,
    /// Make the topics that a broker lacks; tries the bus alone
    #[arg(long, conflicts_with = "offline")]
    pub(crate) create_topics: bool,
    /// Try the sources alone: neither bus nor store
    #[arg(long, conflicts_with_all = ["offline", "create_topics"])]
    pub(crate) sources: bool,
    /// With the sources also those that are off
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(override_usage = "kiosque why [PIPELINE] <URL> [--json]")]
pub(crate) struct WhyArgs {
    /// The pipeline (where it is not the demo), then the address
    #[arg(required = true, num_args = 1..=2, value_names = ["PIPELINE", "URL"])]
    pub(crate) words: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DlqCommand {
    /// List the dead letters with their reasons
    List(DlqArgs),
    /// Show one dead letter: its headers and the start of its value
    Show(DlqArgs),
    /// Put dead letters back on the topic they came from
    Retry(DlqArgs),
    /// Take dead letters off the list for good
    Drop(DlqArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DlqArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// Only the dead letters of this stage
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Option<String>,
    /// Only this one, as `list` names it (`extract/0-3`); may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    /// With retry and drop: all of them
    #[arg(long, conflicts_with = "id")]
    pub(crate) all: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(override_usage = "kiosque search [PIPELINE] <QUERY> [OPTIONS]")]
pub(crate) struct SearchArgs {
    /// The pipeline (where it is not the demo), then the words in one argument: `all of them`, `"a phrase"`, `this -not`, `this OR that`, `begin*`
    #[arg(required = true, num_args = 1..=2, value_names = ["PIPELINE", "QUERY"])]
    pub(crate) words: Vec<String>,
    /// From this day on
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
    /// Up to this day
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<Date>,
    /// Only this rubrique
    #[arg(long)]
    pub(crate) rubrique: Option<kiosque_model::Rubrique>,
    /// Only this source
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// At most so many articles
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(override_usage = "kiosque query [PIPELINE] <SQL> [--format table|csv|json]")]
pub(crate) struct QueryArgs {
    /// The pipeline (where it is not the demo), then the SQL; docs/data-model.md has tables, views and a cookbook
    #[arg(required = true, num_args = 1..=2, value_names = ["PIPELINE", "SQL"])]
    pub(crate) words: Vec<String>,
    /// How to print the rows
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: RowFormat,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    Table,
    Csv,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// A file of JSON lines, `-` for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: PathBuf,
    /// How many threads; all cores where left out
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct RobotsArgs {
    /// The robots.txt
    #[arg(long, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The agent's product token, e.g. `kiosque`
    #[arg(long)]
    pub(crate) agent: String,
    /// The address asked about
    pub(crate) url: String,
}

#[derive(Debug, Args)]
pub(crate) struct UrlArgs {
    /// The addresses
    #[arg(required = true, value_name = "URL")]
    pub(crate) urls: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// Labelled texts: JSON lines with `title`, `text`, `label` (a rubrique or, with `--label`, a name of yours) and
    /// `lang`, gzipped or not
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub(crate) corpus: Vec<PathBuf>,
    /// What a label of yours means, e.g. `--label foot=sport`; labels that mean no rubrique are passed over
    #[arg(long, value_name = "LABEL=RUBRIQUE", value_parser = meaning)]
    pub(crate) label: Vec<(String, Rubrique)>,
    /// The model file to write
    #[arg(long, value_name = "MODEL")]
    pub(crate) out: PathBuf,
}

fn meaning(text: &str) -> Result<(String, Rubrique), String> {
    let (label, rubrique) = text.rsplit_once('=').ok_or("a label, `=` and a rubrique are needed")?;
    let rubrique = rubrique.parse::<Rubrique>().map_err(|error| error.to_string())?;
    Ok((label.to_owned(), rubrique))
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Pages to measure on: a file of JSON lines with `path` and `url`, `-` for stdin; the invented press where left out
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
    /// Print one JSON object a stage
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(override_usage = "kiosque backup|restore [PIPELINE] <FILE>")]
pub(crate) struct BackupArgs {
    /// The pipeline (where it is not the demo), then the backup
    #[arg(required = true, num_args = 1..=2, value_names = ["PIPELINE", "FILE"])]
    pub(crate) words: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// Where to listen; the pipeline's `serve.listen` where left out
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
}

/// Parts `[PIPELINE] WORD`: one word is the last, two are both.
pub(crate) fn pipeline_and_word(words: &[String]) -> (Option<PathBuf>, &str) {
    match words {
        [pipeline, word] => (Some(PathBuf::from(pipeline)), word),
        [word] => {
            let named = std::env::var_os("KIOSQUE_PIPELINE").filter(|name| !name.is_empty());
            (named.map(PathBuf::from), word)
        }
        _ => unreachable!("clap lets one or two words through"),
    }
}
