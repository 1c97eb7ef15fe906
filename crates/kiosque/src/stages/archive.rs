//! The archive of raw pages: WARC files in a folder, one at a time, each closed when it is large enough.
//!
//! The file that is written ends in `.open` and is locked; when it is full, or the crawl ends, it loses that ending.
//! What a killed process left is cut to its last sound record and closed by the next one. So a file without the ending
//! is whole, may be copied away at any time, and is never touched again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_archive::{Writer, sound_length};
use kiosque_crawl::{Archive, ArchiveError, Exchange};
use rand::random;

use crate::config::{ArchiveConfig, Config};

const OPEN: &str = ".open";

/// A folder of WARC files.
pub(crate) struct WarcFolder {
    config: ArchiveConfig,
    /// What every file says of itself.
    about: Vec<(&'static str, String)>,
    pipeline: String,
    open: Mutex<Option<OpenFile>>,
}

/// The file that is written.
struct OpenFile {
    writer: Writer<File>,
    /// Under which name it is written.
    path: PathBuf,
}

impl WarcFolder {
    /// Makes the folder where there is none, and closes what killed processes left in it.
    ///
    /// # Errors
    /// Where it cannot be written: which, and why.
    pub(crate) fn open(config: &Config, archive: &ArchiveConfig) -> Result<Self> {
        let told = || format!("cannot use `archive.dir` = `{}`", archive.dir.display());
        fs::create_dir_all(&archive.dir).with_context(told)?;
        for entry in fs::read_dir(&archive.dir).with_context(told)? {
            let path = entry.with_context(told)?.path();
            if path.to_string_lossy().ends_with(OPEN) {
                close_left_over(&path).with_context(|| format!("cannot close `{}`", path.display()))?;
            }
        }
        let agent = &config.crawl.agent;
        let about = vec![
            ("software", format!("kiosque/{}", env!("CARGO_PKG_VERSION"))),
            ("format", "WARC File Format 1.1".to_owned()),
            (
                "conformsTo",
                "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/".to_owned(),
            ),
            ("isPartOf", config.name.clone()),
            ("operator", agent.contact.clone()),
            ("http-header-user-agent", agent.header()),
            ("robots", "obey".to_owned()),
        ];
        Ok(Self { config: archive.clone(), about, pipeline: config.name.clone(), open: Mutex::default() })
    }

    fn begin(&self) -> io::Result<OpenFile> {
        let at = Timestamp::now();
        let stamp = at.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S").to_string();
        // Several crawlers may write into one folder.
        let name = format!("{}-{stamp}-{:08x}.warc.gz", self.pipeline, random::<u32>());
        let path = self.config.dir.join(format!("{name}{OPEN}"));
        // It is locked before it has the name under which others would take it for left over.
        let unlocked = self.config.dir.join(format!("{name}.new"));
        let file = OpenOptions::new().write(true).create_new(true).open(&unlocked)?;
        file.lock()?;
        fs::rename(&unlocked, &path)?;
        let mut writer = Writer::new(file, 0);
        let about: Vec<_> = self.about.iter().map(|(field, value)| (*field, value.as_str())).collect();
        writer.info(&name, at, &about, random())?;
        Ok(OpenFile { writer, path })
    }

    fn write(&self, open: &mut Option<OpenFile>, exchanges: &[Exchange]) -> io::Result<()> {
        for exchange in exchanges {
            let file = match open {
                Some(file) => file,
                None => open.insert(self.begin()?),
            };
            write_one(&mut file.writer, exchange)?;
            if file.writer.written() >= self.config.max_file_bytes
                && let Some(full) = open.take()
            {
                close(full)?;
            }
        }
        if let Some(file) = open {
            file.writer.get_mut().sync_data()?;
        }
        Ok(())
    }
}

impl Archive for WarcFolder {
    fn keep(&self, exchanges: Vec<Exchange>) -> Result<(), ArchiveError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.write(&mut open, &exchanges).map_err(|error| {
            // Half a record is cut off when the folder is opened again.
            let file = open.take().map_or_else(|| self.config.dir.clone(), |file| file.path);
            ArchiveError(format!("`{}`: {error}\nhint: is the disk full?", file.display()))
        })
    }
}

impl Drop for WarcFolder {
    fn drop(&mut self) {
        let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.take() {
            let name = file.path.display().to_string();
            if let Err(error) = close(file) {
                tracing::warn!(%error, file = name, "left open: the next start closes it");
            }
        }
    }
}

fn write_one(writer: &mut Writer<File>, exchange: &Exchange) -> io::Result<()> {
    let record = &exchange.record;
    let facts = [
        ("source", Some(exchange.source.0.clone())),
        ("robots", record.robots.clone()),
        ("tdm-reservation", record.tdm_reserved.map(|reserved| u8::from(reserved).to_string())),
        ("fetchTimeMs", Some(record.elapsed_ms.to_string())),
    ];
    let facts: Vec<_> = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let exchange = kiosque_archive::Exchange {
        target: &exchange.url,
        at: exchange.at,
        ip: exchange.ip,
        protocol: exchange.protocol,
        request: &exchange.request,
        response: &exchange.response,
        body: &exchange.body,
        facts: &facts,
    };
    writer.exchange(&exchange, [random(), random(), random()])
}

/// Gives a file its lasting name.
fn close(mut file: OpenFile) -> io::Result<()> {
    file.writer.get_mut().flush()?;
    file.writer.get_mut().sync_all()?;
    rename(&file.path)
}

fn rename(path: &Path) -> io::Result<()> {
    fs::rename(path, path.with_extension(""))
}

/// Closes what a process left that did not end in peace; a file in the hands of another one is left to it, and so is
/// one that another one closed meanwhile.
fn close_left_over(path: &Path) -> io::Result<()> {
    let gone = |error: io::Error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) };
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) => return gone(error),
    };
    // Whoever had the lock may have closed the file before it was ours: then it is whole, and under another name. What
    // has its name by now, if anything, is another file, which this lock says nothing of.
    if file.try_lock().is_err() || !is_at(&file, path)? {
        return Ok(());
    }
    let sound = sound_length(&file)?;
    if sound == 0 {
        return fs::remove_file(path).or_else(gone);
    }
    file.set_len(sound)?;
    file.sync_all()?;
    rename(path).or_else(gone)
}

/// Whether a path leads to this very file.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let held = file.metadata()?;
    match fs::metadata(path) {
        Ok(found) => Ok((found.dev(), found.ino()) == (held.dev(), held.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use kiosque_archive::{Kind, Reader};
    use kiosque_model::{FetchRecord, SourceId};

    use super::*;
    use crate::config::DEMO;

    fn folder(dir: &Path, max_file_bytes: u64) -> WarcFolder {
        let config = Config::parse("demo", DEMO, []).unwrap();
        WarcFolder::open(&config, &ArchiveConfig { dir: dir.to_owned(), max_file_bytes }).unwrap()
    }

    fn exchange(number: usize) -> Exchange {
        Exchange {
            url: format!("http://a.example/{number}"),
            source: SourceId("a".into()),
            at: "2026-10-06T07:00:00Z".parse().unwrap(),
            ip: None,
            protocol: "http/1.1",
            request: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            response: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
            body: number.to_string().repeat(500).into_bytes(),
            record: FetchRecord { robots: Some("allowed".into()), tdm_reserved: Some(true), elapsed_ms: 7 },
        }
    }

    /// The endings of the files, and the targets of the answers in all of them.
    fn kept(dir: &Path) -> (Vec<String>, Vec<String>) {
        let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let (mut endings, mut targets) = (Vec::new(), Vec::new());
        for path in &paths {
            endings.push(path.extension().unwrap().to_string_lossy().into_owned());
            let mut reader = Reader::new(File::open(path).unwrap(), 1 << 20);
            while let Some(record) = reader.next_record().unwrap() {
                let record = record.unwrap();
                if record.kind == Kind::Response {
                    targets.push(record.target().unwrap().trim_start_matches("http://a.example/").to_owned());
                }
                if record.kind == Kind::Metadata {
                    assert_eq!(
                        record.block,
                        b"source: a\r\nrobots: allowed\r\ntdm-reservation: 1\r\nfetchTimeMs: 7\r\n"
                    );
                }
            }
        }
        targets.sort();
        (endings, targets)
    }

    #[test]
    fn a_file_is_closed_when_it_is_large_enough_and_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let all = folder(dir.path(), 1);
        all.keep((0..3).map(exchange).collect()).unwrap();
        assert_eq!(kept(dir.path()), (vec!["gz".to_owned(); 3], ["0", "1", "2"].map(String::from).to_vec()));
        let one = folder(dir.path(), 1 << 30);
        one.keep(vec![exchange(3)]).unwrap();
        one.keep(vec![exchange(4)]).unwrap();
        assert_eq!(kept(dir.path()).0.iter().filter(|ending| *ending == "open").count(), 1);
        drop(one);
        let (endings, targets) = kept(dir.path());
        assert_eq!((endings, targets.len()), (vec!["gz".to_owned(); 4], 5));
    }

    #[test]
    fn several_may_close_what_is_left_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let killed = folder(dir.path(), 1 << 30);
        killed.keep(vec![exchange(1)]).unwrap();
        let path = fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path();
        let bytes = fs::read(&path).unwrap();
        drop(killed);
        for n in 0..20 {
            fs::write(dir.path().join(format!("{n}.warc.gz.open")), &bytes).unwrap();
        }
        close_left_over(&dir.path().join("gone.warc.gz.open")).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| folder(dir.path(), 1));
            }
        });
        let (endings, targets) = kept(dir.path());
        assert_eq!((endings, targets.len()), (vec!["gz".to_owned(); 21], 21));
    }

    #[test]
    fn what_a_killed_process_left_is_cut_to_what_is_sound() {
        let dir = tempfile::tempdir().unwrap();
        let killed = folder(dir.path(), 1 << 30);
        killed.keep(vec![exchange(1)]).unwrap();
        let path = fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path();
        let bytes = fs::read(&path).unwrap();
        // In the hands of a living process it is left alone.
        drop(folder(dir.path(), 1));
        assert!(path.exists());
        drop(killed);
        let left = path.with_extension("").with_file_name("left.warc.gz.open");
        fs::write(&left, [&bytes[..], &bytes[..bytes.len() - 5]].concat()).unwrap();
        fs::write(left.with_file_name("begun.warc.gz.open"), &bytes[..20]).unwrap();
        drop(folder(dir.path(), 1));
        let (endings, targets) = kept(dir.path());
        // The second copy lacks the end of its last record, not its answer.
        assert_eq!((endings, targets), (vec!["gz".to_owned(); 2], vec!["1".to_owned(); 3]));
    }

    #[test]
    fn a_name_that_leads_to_another_file_by_now_is_not_this_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.warc.gz.open");
        fs::write(&path, b"1").unwrap();
        let held = File::open(&path).unwrap();
        assert!(is_at(&held, &path).unwrap());
        rename(&path).unwrap();
        assert!(!is_at(&held, &path).unwrap());
        fs::write(&path, b"2").unwrap();
        assert!(!is_at(&held, &path).unwrap());
    }

    #[test]
    fn a_disk_that_takes_nothing_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let all = folder(&dir.path().join("gone"), 1);
        fs::remove_dir_all(dir.path().join("gone")).unwrap();
        let error = all.keep(vec![exchange(1)]).unwrap_err();
        assert!(error.to_string().contains("gone"), "{error}");
    }
}
