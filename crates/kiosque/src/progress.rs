//! What a person sees while `run` works: a bar on a terminal, plain lines elsewhere. Always on stderr.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use kiosque_crawl::{Event, SourceState};

/// Counts what the crawler tells and shows it.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    fetched: AtomicU64,
    unchanged: AtomicU64,
    dropped: AtomicU64,
}

impl Progress {
    /// A display for so many visits of sources.
    pub(crate) fn new(visits: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(visits as u64);
            let style = ProgressStyle::with_template("{spinner} {pos}/{len} sources [{bar:24}] {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(std::time::Duration::from_millis(100));
            bar
        });
        Self { bar, fetched: AtomicU64::new(0), unchanged: AtomicU64::new(0), dropped: AtomicU64::new(0) }
    }

    /// Says what begins.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }

    /// Takes an event of the crawler.
    pub(crate) fn event(&self, event: &Event) {
        let count = match event {
            Event::PageFetched { .. } => Some(&self.fetched),
            Event::PageUnchanged { .. } => Some(&self.unchanged),
            Event::PageDropped { .. } => Some(&self.dropped),
            Event::SourceStarted { .. } | Event::SourceListed { .. } | Event::SourceFinished { .. } => None,
        };
        if let Some(count) = count {
            count.fetch_add(1, Ordering::Relaxed);
        }
        if let Event::SourceFinished { source, state } = event {
            self.finished(&source.0, state);
        }
        if let Some(bar) = &self.bar {
            bar.set_message(self.counts());
        }
    }

    fn finished(&self, source: &str, state: &SourceState) {
        let trouble = match state {
            SourceState::Broken(why) => Some(format!("{source} : illisible ({why})")),
            SourceState::Failed(reason, why) => {
                Some(format!("{source} : {} ({why})", crate::words::reason(*reason)))
            }
            SourceState::Refused { pages, why } => {
                Some(format!("{source} : aucune de ses {pages} pages n’a été donnée ({why})"))
            }
            SourceState::Waiting
            | SourceState::Ok
            | SourceState::Unchanged
            | SourceState::Empty
            | SourceState::Stopped => None,
        };
        if let Some(trouble) = trouble {
            self.say(&trouble);
        }
        match &self.bar {
            Some(bar) => bar.inc(1),
            None => eprintln!("{source} : visitée ; {}", self.counts()),
        }
    }

    fn counts(&self) -> String {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        format!(
            "pages : {} lues, {} inchangées, {} écartées",
            of(&self.fetched),
            of(&self.unchanged),
            of(&self.dropped)
        )
    }

    /// Takes the display away.
    pub(crate) fn close(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
