//! What editions look like: the folder a pipeline names, read for each edition, else what the binary carries.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
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

/// Tells of folders within the look's that are of no edition: a name that was mistyped, whose work would be lost in silence.
///
/// # Errors
/// Where there is one, or the folder cannot be read.
pub(crate) fn no_strangers(config: &Config) -> Result<()> {
    let Some(folder) = &config.look else { return Ok(()) };
    let names: Vec<_> = config.editions.iter().map(|spec| spec.name.as_str()).collect();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && !name.starts_with('.') && !names.contains(&&*name) {
            bail!(
                "the look has a folder `{}`, and there is no edition `{name}`\nhint: the pipeline has {}",
                path.display(),
                names.join(", ")
            );
        }
    }
    Ok(())
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
