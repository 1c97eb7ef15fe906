//! What editions look like: the folder a pipeline names, read for each edition, else what the binary carries.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::{Context, Result};
use kiosque_edition::Look;

use crate::config::Config;

/// The look of an edition.
///
/// # Errors
/// Every mistake in the folder's files, each with file and line.
pub(crate) fn look(config: &Config, edition: &str) -> Result<Cow<'static, Look>> {
    let Some(folder) = &config.look else { return Ok(Cow::Borrowed(Look::built_in())) };
    let told = || {
        format!(
            "the look `{}` cannot be used\nhint: docs/look.md says what a folder of it holds",
            folder.display()
        )
    };
    Look::read(folder, edition).map(Cow::Owned).with_context(told)
}

/// The looks of all editions of the pipeline, by name.
///
/// # Errors
/// As [`look`].
pub(crate) fn looks(config: &Config) -> Result<BTreeMap<String, Look>> {
    let all =
        config.editions.iter().map(|spec| Ok((spec.name.clone(), look(config, &spec.name)?.into_owned())));
    all.collect()
}
