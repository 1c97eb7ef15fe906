//! The invented press on loopback: the demo crawls it over real HTTP, through a proxy on a free port.
//!
//! Its clock has three hours. It is kept beside the crawler's memory, so that a second run meets the press where
//! the first left it, even one that was killed half-way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use kiosque_crawl::Memory;
use kiosque_press::{Hour, Press, Request};
use kiosque_web::{SiteAnswer, SiteRequest};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The hours of the press, in order.
const HOURS: [(Hour, &str); 3] = [
    (Hour::FirstDay, "premier jour"),
    (Hour::SecondMorning, "deuxième jour, le matin"),
    (Hour::SecondAfternoon, "deuxième jour, l’après-midi"),
];
/// The entry of the stages' memory that holds the number of hours crawled to their end.
const CLOCK: &str = "press:hours";

/// The press, being served.
pub(crate) struct InventedPress {
    hour: Arc<AtomicUsize>,
    proxy: String,
    closing: CancellationToken,
}

impl InventedPress {
    /// Serves the press on a free port of loopback.
    ///
    /// # Errors
    /// Where no port can be had.
    pub(crate) async fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen on 127.0.0.1")?;
        let proxy = format!("http://{}", listener.local_addr().context("the listener has no address")?);
        let hour = Arc::new(AtomicUsize::new(0));
        let closing = CancellationToken::new();
        let press = Press::new();
        let (clock, closed) = (Arc::clone(&hour), closing.clone());
        let handler = Arc::new(move |request: SiteRequest| {
            let (hour, _) = HOURS[clock.load(Ordering::Relaxed)];
            let answer = press.respond(
                hour,
                &Request { host: request.host, target: request.path_and_query, headers: request.headers },
            );
            SiteAnswer {
                status: answer.status,
                headers: answer.headers.into_iter().collect(),
                body: answer.body,
                delay_ms: answer.delay_ms,
            }
        });
        tokio::spawn(async move {
            if let Err(error) = kiosque_web::serve_press(listener, handler, closed.cancelled_owned()).await {
                tracing::error!(%error, "the invented press closed");
            }
        });
        Ok(Self { hour, proxy, closing })
    }

    /// The address of the proxy behind which the press lives.
    pub(crate) fn proxy(&self) -> &str {
        &self.proxy
    }

    /// The hours still to be crawled; after the last there is only that one again.
    ///
    /// # Errors
    /// Where the memory cannot be read.
    pub(crate) fn hours(&self, memory: &dyn Memory) -> Result<Vec<usize>> {
        let done = memory.get(CLOCK)?.and_then(|bytes| bytes.first().copied()).map_or(0, usize::from);
        Ok((done.min(HOURS.len() - 1)..HOURS.len()).collect())
    }

    /// Turns the clock, and says what hour it is.
    pub(crate) fn turn_to(&self, hour: usize) -> &'static str {
        let hour = hour.min(HOURS.len() - 1);
        self.hour.store(hour, Ordering::Relaxed);
        HOURS[hour].1
    }

    /// Notes that an hour was crawled and all of it is in the store.
    ///
    /// # Errors
    /// Where the memory cannot be written.
    pub(crate) fn crawled(&self, hour: usize, memory: &dyn Memory) -> Result<()> {
        let done = u8::try_from(hour + 1).unwrap_or(u8::MAX);
        Ok(memory.put(&[(CLOCK.to_owned(), vec![done])])?)
    }
}

impl Drop for InventedPress {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}
