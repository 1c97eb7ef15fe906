//! `kiosque edition send`: mails an edition to its recipients, a message each.

use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::Timestamp;
use kiosque_edition::{Envelope, Format, GroupBy, Mailbox, Post, render_mail, usual_mode};
use kiosque_model::Edition;
use kiosque_store::{Distribution, Store};

use super::{UsageError, edition};
use crate::cli::{By, SendArgs};
use crate::config::{Config, MailConfig};
use crate::recipients::{self, SentRecord};
use crate::{line, looks, words};

/// The channel of the ledger.
const CHANNEL: &str = "mail";

/// Sends, and prints a line for each recipient who did not get it.
pub(crate) fn run(args: &SendArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    let Some(mail) = &config.mail else {
        return Err(UsageError(
            "the pipeline has no `[mail]` section\nhint: docs/mail.md says what stands in it".to_owned(),
        )
        .into());
    };
    let store = Store::open_read_only(&config.store)?;
    let found = edition::stored(&config, &store, args.edition.as_deref(), args.date)?;
    if found.items().next().is_none() {
        bail!(
            "the edition `{}` of {} has nothing in it; nothing was sent\nhint: name another day with --date",
            found.name,
            found.date
        );
    }
    let spec = edition::spec(&config, Some(&found.name))?;
    let found = edition::law::lawful((&config, &store), spec, &found, usual_mode(&found, spec))?;
    let all = recipients(args, mail)?;
    let mut record = SentRecord::open(&config.export_dir, &found)?;
    let due: Vec<_> = all.iter().filter(|to| args.again || !record.has(&found, to)).collect();
    if args.dry_run {
        due.iter().for_each(|to| println!("{to}"));
        return Ok(ExitCode::SUCCESS);
    }
    // Opened before the first message goes: what cannot be declared is not sent.
    let ledger = line::open_store(&config)?;
    let before = record.count(&found);
    let done = send(&config, mail, (&found, args.by), &due, &mut record)?;
    // With those of a sending that was cut short before it was declared.
    let owed = before.saturating_sub(ledger.declared(&found, CHANNEL)?) + done.sent;
    if owed > 0 {
        let recipients = u32::try_from(owed).unwrap_or(u32::MAX);
        let by_paper = Format::Eml.tells_papers(args.by.into());
        let channel = CHANNEL.to_owned();
        let how = Distribution { channel, recipients, by_paper, at: Timestamp::now() };
        ledger.distribute(&Format::Eml.printed(&found, args.by.into()), &how)?;
    }
    if let Some(stopped) = done.stopped {
        return Err(stopped.context(format!("stopped after {} of {} messages", done.sent, due.len())));
    }
    println!(
        "{} du {} : {} par {}, déjà reçue par {}",
        found.name,
        kiosque_edition::long_date(found.date),
        words::count(done.sent, "envoi"),
        mail.address(),
        words::count((all.len() - due.len()) as u64, "destinataire"),
    );
    if done.failed > 0 {
        bail!(
            "{} of {} messages did not go out\nhint: send again: who has it is left out",
            done.failed,
            due.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Those named, else those of the pipeline's list.
fn recipients(args: &SendArgs, mail: &MailConfig) -> Result<Vec<Mailbox>> {
    if !args.to.is_empty() {
        let read = |text: &String| {
            text.parse()
                .map_err(|_| UsageError(format!("`{text}` is no address such as `a@example.org`")).into())
        };
        let named = args.to.iter().map(read).collect::<Result<Vec<_>>>()?;
        return Ok(recipients::once(named));
    }
    match &mail.recipients {
        Some(path) => recipients::read(path),
        None => Err(UsageError(
            "there is nobody to send to\nhint: name them with `--to`, or a list with `mail.recipients`"
                .to_owned(),
        )
        .into()),
    }
}

/// What came of a sending.
#[derive(Default)]
struct Done {
    sent: u64,
    failed: usize,
    /// Why it ended early: a message could not be made, or it could not be written down who has it.
    stopped: Option<anyhow::Error>,
}

fn send(
    config: &Config,
    mail: &MailConfig,
    (edition, by): (&Edition, By),
    due: &[&Mailbox],
    record: &mut SentRecord,
) -> Result<Done> {
    let look = looks::look(config, &edition.name)?;
    let post = Post::open(&mail.server()?)?;
    let by = GroupBy::from(by);
    let mut done = Done::default();
    for (at, to) in due.iter().enumerate() {
        if at > 0 {
            std::thread::sleep(mail.pause_between);
        }
        let now = Timestamp::now();
        let envelope = Envelope { to: Some((*to).clone()), date: Some(now.into()), ..mail.envelope.clone() };
        let message = match render_mail(&look, edition, by, &envelope) {
            Ok(message) => message,
            Err(error) => {
                done.stopped = Some(error.into());
                break;
            }
        };
        match post.send(&message, &envelope.from.email, &to.email, std::thread::sleep) {
            Ok(()) => {
                done.sent += 1;
                if let Err(error) = record.add(edition, to, now) {
                    done.stopped = Some(error.context(format!("{to} has it and would get it once more")));
                    break;
                }
            }
            Err(error) => {
                done.failed += 1;
                eprintln!("{to}: {error}");
            }
        }
    }
    Ok(done)
}
