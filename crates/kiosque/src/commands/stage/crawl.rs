//! `kiosque stage crawl`: visits the sources.

use anyhow::Result;
use kiosque_crawl::Source;
use kiosque_stream::Stop;
use tokio_util::sync::CancellationToken;

use super::{GROUP, WATCHED, attend};
use crate::catalogue;
use crate::cli::StageArgs;
use crate::commands::run::crawl_once;
use crate::config::Config;
use crate::invented::InventedPress;
use crate::line::Line;

pub(super) async fn run(
    mut config: Config,
    args: &StageArgs,
    stop: Stop,
    ending: CancellationToken,
) -> Result<()> {
    let press = if config.invented_press { Some(InventedPress::open().await?) } else { None };
    if let Some(press) = &press {
        config.crawl.proxy = Some(press.proxy().to_owned());
    }
    let catalogue = catalogue::load(&config).await?;
    let sources: Vec<Source> = catalogue.iter().filter(|s| s.enabled).map(catalogue::to_crawl).collect();
    let line = tokio::task::block_in_place(|| Line::connect(config, stop))?;
    attend(&line, WATCHED, args, &ending).await?;
    let report = crawl_once(&line, &sources, press.as_ref(), &ending).await?;
    tracing::info!(group = GROUP, pages = report.fetched(), "every source was visited");
    Ok(())
}
