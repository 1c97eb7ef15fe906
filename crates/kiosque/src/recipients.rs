//! Whom an edition is mailed to, and who has it already.
//!
//! The list is a file with an address a line. Who was sent which revision is written down beside the exports the
//! moment the server took the message, so that a sending that was cut short goes on where it stopped: nobody gets a
//! morning twice, but for the one whose line was being written when the machine stopped. Who sends holds the record for
//! as long as it takes: two processes do not send one edition at a time.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use kiosque_edition::Mailbox;
use kiosque_model::Edition;
use serde::{Deserialize, Serialize};

/// A message that a server took.
#[derive(Debug, Serialize, Deserialize)]
struct Sent {
    revision: u32,
    to: String,
    at: Timestamp,
    /// Whether the server refused it for good instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    refused: bool,
}

/// The record of one edition of one day.
pub(crate) struct SentRecord {
    path: PathBuf,
    sent: BTreeSet<(u32, String)>,
    /// Whom a server refused, in whatever revision.
    refused: BTreeSet<String>,
    /// Whether the file ends within a line.
    torn: bool,
    /// The file, held for whoever sends.
    held: Option<File>,
}

/// Reads a list: an address a line, with or without a name; what follows `#` is for people.
///
/// # Errors
/// Every line that is no address, and a file that cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<Mailbox>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the recipients `{}`", path.display()))?;
    let mut found: Vec<Mailbox> = Vec::new();
    let mut wrong = Vec::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        match line.parse::<Mailbox>() {
            _ if line.is_empty() => {}
            Ok(to) => found.push(to),
            Err(_) => wrong.push(format!("{}:{}: `{line}` is no address", path.display(), at + 1)),
        }
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(once(found))
}

/// Every address once, under the first name it has.
pub(crate) fn once(mut all: Vec<Mailbox>) -> Vec<Mailbox> {
    let mut seen = BTreeSet::new();
    all.retain(|to| seen.insert(key(to)));
    all
}

impl SentRecord {
    /// Opens the record of `edition` under `folder`; it need not exist yet.
    ///
    /// # Errors
    /// Where it is there and cannot be read.
    pub(crate) fn open(folder: &Path, edition: &Edition) -> Result<Self> {
        let path = Self::path(folder, edition);
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.with_context(|| format!("cannot read `{}`", path.display()))?,
        };
        // A line that was cut short when the machine stopped is of a message that went out and goes out once more. It
        // is closed, so that the next one stands on a line of its own.
        let torn = !text.is_empty() && !text.ends_with('\n');
        let mut record = Self { path, sent: BTreeSet::new(), refused: BTreeSet::new(), torn, held: None };
        for line in text.lines().filter_map(|line| serde_json::from_str::<Sent>(line).ok()) {
            if line.refused {
                record.refused.insert(line.to);
            } else {
                record.sent.insert((line.revision, line.to));
            }
        }
        Ok(record)
    }

    /// Opens the record to send by it; `None` where somebody else is sending.
    ///
    /// # Errors
    /// Where it cannot be made, held or read.
    pub(crate) fn hold(folder: &Path, edition: &Edition) -> Result<Option<Self>> {
        let path = Self::path(folder, edition);
        let told = || format!("cannot write `{}`", path.display());
        std::fs::create_dir_all(folder).with_context(told)?;
        let file = OpenOptions::new().create(true).append(true).open(&path).with_context(told)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error).with_context(told),
        }
        Ok(Some(Self { held: Some(file), ..Self::open(folder, edition)? }))
    }

    fn path(folder: &Path, edition: &Edition) -> PathBuf {
        folder.join(format!("{}-{}.sent.jsonl", edition.date, edition.name))
    }

    /// Whether `to` has this revision.
    pub(crate) fn has(&self, edition: &Edition, to: &Mailbox) -> bool {
        self.sent.contains(&(edition.revision, key(to)))
    }

    /// Whether `to` has a revision of it, or cannot be reached.
    pub(crate) fn is_done(&self, to: &Mailbox) -> bool {
        let key = key(to);
        self.refused.contains(&key) || self.sent.iter().any(|(_, known)| *known == key)
    }

    /// How many have this revision.
    pub(crate) fn count(&self, edition: &Edition) -> u64 {
        self.sent.iter().filter(|(revision, _)| *revision == edition.revision).count() as u64
    }

    /// Writes down that `to` has it.
    ///
    /// # Errors
    /// Where the record cannot be written: then nothing more may be sent.
    pub(crate) fn add(&mut self, edition: &Edition, to: &Mailbox, at: Timestamp) -> Result<()> {
        self.write(&Sent { revision: edition.revision, to: key(to), at, refused: false })?;
        self.sent.insert((edition.revision, key(to)));
        Ok(())
    }

    /// Writes down that the server refused it to `to`: what goes out by itself does not try again.
    ///
    /// # Errors
    /// As [`SentRecord::add`].
    pub(crate) fn refuse(&mut self, edition: &Edition, to: &Mailbox, at: Timestamp) -> Result<()> {
        self.write(&Sent { revision: edition.revision, to: key(to), at, refused: true })?;
        self.refused.insert(key(to));
        Ok(())
    }

    fn write(&mut self, sent: &Sent) -> Result<()> {
        let closed = if self.torn { "\n" } else { "" };
        let line = format!("{closed}{}\n", serde_json::to_string(sent)?);
        let told = || format!("cannot write `{}`", self.path.display());
        let mut file = self.held.as_ref().context("a record is held by whoever writes it")?;
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).with_context(told)?;
        self.torn = false;
        Ok(())
    }
}

fn key(to: &Mailbox) -> String {
    to.email.to_string().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_names_remarks_and_no_one_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.txt");
        std::fs::write(
            &path,
            "\u{feff}# rédaction\nZoé <zoe@example.org>\n\nzoe@EXAMPLE.org\nali@example.org # desk\n",
        )
        .unwrap();
        let found = read(&path).unwrap();
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["Zoé <zoe@example.org>", "ali@example.org"]
        );
        std::fs::write(&path, "zoe\nali@example.org\n@x\n").unwrap();
        let said = read(&path).unwrap_err().to_string();
        assert!(said.contains(":1: `zoe` is no address") && said.contains(":3: `@x`"), "{said}");
    }

    #[test]
    fn a_record_cut_short_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let edition = Edition::new("matin", jiff::civil::date(2026, 10, 7));
        let [zoe, ali]: [Mailbox; 2] = ["zoe@example.org", "ali@example.org"].map(|to| to.parse().unwrap());
        let hold = || SentRecord::hold(folder.path(), &edition).unwrap();
        let mut record = hold().unwrap();
        record.add(&edition, &zoe, Timestamp::UNIX_EPOCH).unwrap();
        assert!(hold().is_none(), "two send at a time");
        let mut file = std::fs::OpenOptions::new().append(true).open(&record.path).unwrap();
        file.write_all(b"{\"revision\":1,\"to\":\"al").unwrap();
        drop(record);
        let mut record = hold().unwrap();
        assert!(record.has(&edition, &zoe) && !record.has(&edition, &ali));
        assert!(record.is_done(&zoe) && !record.is_done(&ali));
        record.refuse(&edition, &ali, Timestamp::UNIX_EPOCH).unwrap();
        assert!(record.is_done(&ali) && !record.has(&edition, &ali));
        record.add(&edition, &ali, Timestamp::UNIX_EPOCH).unwrap();
        let record = SentRecord::open(folder.path(), &edition).unwrap();
        assert!(record.has(&edition, &zoe) && record.has(&edition, &ali));
    }
}
