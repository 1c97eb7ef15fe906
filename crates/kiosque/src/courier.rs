//! Mails what was issued at its hour, on a thread of its own: a mail server that does not answer holds up neither the crawl
//! nor the pages.

use std::sync::{Mutex, TryLockError};
use std::thread;

use jiff::Timestamp;

use crate::commands::send;
use crate::config::Config;

/// Held while a round is under way: the next one waits for the next minute.
static ROUND: Mutex<()> = Mutex::new(());

/// Starts a round of sending, unless one is under way or no edition is to be mailed by itself. What goes wrong is told in the
/// log and tried again by the next round; a process that ends meanwhile leaves the rest to the next one, which reads in
/// the record of the edition whom it went to.
pub(crate) fn go(config: &Config) {
    if !config.editions.iter().any(|spec| spec.mail) || !config.store.is_file() {
        return;
    }
    let config = config.clone();
    let round = move || {
        let _held = match ROUND.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(held)) => held.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if let Err(error) = send::send_issued(&config, Timestamp::now()) {
            tracing::error!("the edition is not mailed: {error:#}");
        }
    };
    if let Err(error) = thread::Builder::new().name("courier".to_owned()).spawn(round) {
        tracing::error!(%error, "the edition is not mailed");
    }
}
