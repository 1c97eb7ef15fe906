//! Memory for long runs: the C library keeps a heap for every few threads, and each holds on to the largest page it ever
//! saw. Two are enough here, what is large is given back to the system as soon as it is free, and only the environment
//! of a new process can say so (docs/decisions/005).

use std::env;

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Runtime};

use crate::cli::Command;

/// Heaps of a process.
const HEAPS: &str = "2";
/// The size in bytes from which a piece of memory has a mapping of its own, outside of the heaps: where all stages share
/// a process, each page and the buffers it is read through.
const MAPPED_IN_A_LINE: &str = "32768";
/// A stage by itself holds few pages, and mapping each would cost it a third of its time.
const MAPPED_IN_A_STAGE: &str = "1048576";

/// Threads for work that waits for a disk or a broker: one delivers, few remember beside it, and each that was ever
/// needed at once would keep its stack.
const BLOCKING_THREADS: usize = 16;

/// The runtime of a process that runs long: the crawler is one task, and the stages have threads of their own.
///
/// # Errors
/// Where the system gives no threads.
pub(crate) fn runtime() -> Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).max_blocking_threads(BLOCKING_THREADS).enable_all();
    builder.build().context("cannot start the runtime")
}

/// Begins the process anew, with its number and its arguments, where it is to run long and nobody chose otherwise.
/// Where that cannot be done it goes on as it is.
pub(crate) fn keep_few(command: &Command) {
    let mapped = match command {
        Command::Run(_) => MAPPED_IN_A_LINE,
        Command::Stage(_) => MAPPED_IN_A_STAGE,
        _ => return,
    };
    let unsaid = unsaid(mapped, |name| env::var_os(name).is_some());
    if !unsaid.is_empty() {
        begin_anew(&unsaid);
    }
}

/// What is still to be said.
fn unsaid(mapped: &'static str, is_said: impl Fn(&str) -> bool) -> Vec<(&'static str, &'static str)> {
    let heard = cfg!(all(target_os = "linux", target_env = "gnu"));
    let choices = [("MALLOC_ARENA_MAX", HEAPS), ("MALLOC_MMAP_THRESHOLD_", mapped)];
    choices.into_iter().filter(|(name, _)| heard && !is_said(name)).collect()
}

#[cfg(unix)]
fn begin_anew(choices: &[(&str, &str)]) {
    use std::os::unix::process::CommandExt as _;

    let mut arguments = std::env::args_os();
    let (name, Ok(program)) = (arguments.next().unwrap_or_default(), std::env::current_exe()) else { return };
    let mut again = std::process::Command::new(program);
    // It comes back only where it failed, and more memory is no reason not to run.
    let failed = again.arg0(name).args(arguments).envs(choices.iter().copied()).exec();
    eprintln!("warning: more memory than needed will be used: {failed}");
}

#[cfg(not(unix))]
const fn begin_anew(_: &[(&str, &str)]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_chose_is_left() {
        assert!(unsaid("1", |_| true).is_empty());
        let heard = cfg!(all(target_os = "linux", target_env = "gnu"));
        assert_eq!(unsaid("1", |_| false).len(), if heard { 2 } else { 0 });
        let rest = unsaid("1", |name| name == "MALLOC_ARENA_MAX");
        assert!(!heard || rest == [("MALLOC_MMAP_THRESHOLD_", "1")], "{rest:?}");
    }
}
