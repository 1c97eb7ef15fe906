//! Batch commands on a manifest: JSON lines in, JSON lines out, in the same order, one for each input.
//!
//! Memory stays bounded: lines are worked in blocks. An input that fails, or panics, gives
//! `{"id":…,"error":"…"}` and the batch goes on.

use std::any::Any;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Lines worked at a time for each thread: enough to keep all busy, few enough to hold.
const LINES_PER_THREAD: usize = 64;
/// The largest file read from a manifest, after decompression.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Opens a manifest, `-` for stdin.
pub(crate) fn open(manifest: &Path) -> Result<Box<dyn BufRead>> {
    if manifest == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(manifest).with_context(|| {
        format!(
            "cannot open the manifest `{}`\nhint: give a file of JSON lines, or `-` for stdin",
            manifest.display()
        )
    })?;
    Ok(Box::new(BufReader::new(file)))
}

/// Works every line of a manifest on `threads` threads and prints the answers in order.
pub(crate) fn each_line<L: DeserializeOwned>(
    manifest: &Path,
    threads: Option<usize>,
    work: impl Fn(L) -> Result<Value> + Sync,
) -> Result<()> {
    let threads = threads.filter(|n| *n > 0).unwrap_or_else(cores);
    let mut lines = lines(open(manifest)?);
    let mut out = io::BufWriter::new(io::stdout().lock());
    loop {
        let block: Vec<String> = lines
            .by_ref()
            .take(threads * LINES_PER_THREAD)
            .collect::<io::Result<_>>()
            .context("cannot read the manifest")?;
        if block.is_empty() {
            return out.flush().context("cannot write to stdout");
        }
        for answer in answers(&block, threads, &work) {
            writeln!(out, "{answer}").context("cannot write to stdout")?;
        }
    }
}

/// The lines of a manifest that hold something. Bytes that are no UTF-8 become U+FFFD, so that one bad line costs
/// that line alone.
pub(crate) fn lines(reader: impl BufRead) -> impl Iterator<Item = io::Result<String>> {
    let text = |line: io::Result<Vec<u8>>| line.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    reader.split(b'\n').map(text).filter(|line| line.as_ref().map_or(true, |line| !line.trim().is_empty()))
}

/// All cores.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

fn answers<L: DeserializeOwned>(
    block: &[String],
    threads: usize,
    work: &(impl Fn(L) -> Result<Value> + Sync),
) -> Vec<Value> {
    let next = AtomicUsize::new(0);
    let done: Vec<OnceLock<Value>> = block.iter().map(|_| OnceLock::new()).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.min(block.len()) {
            scope.spawn(|| {
                while let Some((line, slot)) = take(&next, block, &done) {
                    slot.set(answer(line, work)).expect("each line is taken once");
                }
            });
        }
    });
    done.into_iter()
        .map(|slot| slot.into_inner().expect("the scope ends when every line is worked"))
        .collect()
}

fn take<'b>(
    next: &AtomicUsize,
    block: &'b [String],
    done: &'b [OnceLock<Value>],
) -> Option<(&'b str, &'b OnceLock<Value>)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((block.get(index)?, &done[index]))
}

/// The answer to one line, whatever happens in `work`.
pub(crate) fn answer<L: DeserializeOwned>(line: &str, work: impl FnOnce(L) -> Result<Value>) -> Value {
    let row: Value = match serde_json::from_str(line) {
        Ok(row) => row,
        Err(e) => return json!({"id": null, "error": format!("the manifest line is no JSON: {e}")}),
    };
    let id = row.get("id").cloned().unwrap_or(Value::Null);
    let outcome = serde_json::from_value::<L>(row)
        .context("the manifest line lacks a field or has one of the wrong kind")
        .and_then(|line| {
            catch_unwind(AssertUnwindSafe(|| work(line))).unwrap_or_else(|panic| {
                Err(anyhow::anyhow!("internal error, please report it: {}", panic_text(panic.as_ref())))
            })
        });
    match outcome {
        Ok(Value::Object(mut fields)) => {
            fields.insert("id".to_owned(), id);
            Value::Object(fields)
        }
        Ok(other) => other,
        Err(error) => json!({"id": id, "error": format!("{error:#}")}),
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic without a message")
}

/// The bytes of a file, unpacked where its name ends in `.gz`; `-` is stdin.
pub(crate) fn file_bytes(path: &Path) -> Result<Vec<u8>> {
    let told = || format!("cannot read `{}`", path.display());
    let reader: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(path).with_context(told)?;
        let packed = path.extension().is_some_and(|e| e == "gz");
        if packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) }
    };
    let mut bytes = Vec::new();
    reader.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).with_context(told)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        bail!("`{}` is larger than {} MB", path.display(), MAX_FILE_BYTES >> 20);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        #[derive(serde::Deserialize)]
        struct Line {
            text: String,
        }
        let work = |line: Line| match line.text.as_str() {
            "bad" => anyhow::bail!("no such file"),
            "panic" => panic!("oh"),
            text => Ok(json!({ "length": text.len() })),
        };
        assert_eq!(answer(line, work), serde_json::from_str::<Value>(expected).unwrap());
    }

    #[test]
    fn every_line_gets_one_answer_with_its_id() {
        check(r#"{"id":1,"text":"abc"}"#, r#"{"length":3,"id":1}"#);
        check(r#"{"id":"x","text":"bad"}"#, r#"{"id":"x","error":"no such file"}"#);
        check(r#"{"id":"x","text":"panic"}"#, r#"{"id":"x","error":"internal error, please report it: oh"}"#);
        check(
            r#"{"id":"x"}"#,
            r#"{"id":"x","error":"the manifest line lacks a field or has one of the wrong kind: missing field `text`"}"#,
        );
        check(
            "{",
            r#"{"id":null,"error":"the manifest line is no JSON: EOF while parsing an object at line 1 column 1"}"#,
        );
    }

    #[test]
    fn answers_keep_the_order_of_the_lines() {
        let block: Vec<String> = (0..500).map(|i| format!(r#"{{"id":{i}}}"#)).collect();
        #[derive(serde::Deserialize)]
        struct Line {}
        let answers = answers(&block, 4, &|_: Line| Ok(json!({})));
        let ids: Vec<_> = answers.iter().map(|a| a["id"].as_i64().unwrap()).collect();
        assert_eq!(ids, (0..500).collect::<Vec<_>>());
    }
}
