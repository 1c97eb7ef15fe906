//! `kiosque links`: which links of home and section pages lead to articles, with no bus and no store.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use crate::batch;
use crate::cli::BatchArgs;

#[derive(Deserialize)]
struct Line {
    path: PathBuf,
    url: String,
}

/// Prints one JSON line a page.
pub(crate) fn run(args: &BatchArgs) -> anyhow::Result<ExitCode> {
    batch::each_line(&args.manifest, args.threads, |line: Line| {
        let body = batch::file_bytes(&line.path)?;
        let url = url::Url::parse(&line.url).with_context(|| format!("`{}` is no address", line.url))?;
        let facts = kiosque_extract::read_page(&body, None, &url);
        let articles: Vec<_> =
            facts.articles.iter().map(|link| json!({ "url": link.url, "title": link.title })).collect();
        Ok(json!({ "articles": articles }))
    })?;
    Ok(ExitCode::SUCCESS)
}
