//! What can be typed of single pages: `extract` and `probe`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

#[derive(Debug, Args)]
#[command(
    override_usage = "kiosque extract <FILE|-> [--url URL] [--fetched-at TIME] [--rules DIR]\n       kiosque extract --manifest <FILE|-> [--threads N] [--rules DIR]"
)]
pub(crate) struct ExtractArgs {
    /// An HTML file, `-` for stdin
    #[arg(required_unless_present = "manifest", conflicts_with = "manifest", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The address the file was fetched from
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// When it was fetched (RFC 3339), which « il y a 2 heures » counts back from; now where left out
    #[arg(long, value_name = "TIME", conflicts_with = "manifest")]
    pub(crate) fetched_at: Option<Timestamp>,
    /// A file of JSON lines with `id` and `path`, `url`, `fetched_at` and `headers` where known, `-` for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
    /// How many threads; all cores where left out
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// A folder of site rules (docs/site-rules.md); none where left out
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    /// An address or a file
    #[arg(value_name = "URL|FILE")]
    pub(crate) target: String,
    /// With a file: the address it was fetched from
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// How to fetch and read it: agent, proxy, limits and site rules of this pipeline
    #[arg(long, value_name = "PIPELINE", env = "KIOSQUE_PIPELINE")]
    pub(crate) pipeline: Option<OsString>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
