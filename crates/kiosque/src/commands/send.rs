//! `kiosque edition send`: mails an edition to its recipients, a message each.

use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::Timestamp;
use kiosque_edition::{Envelope, GroupBy, Mailbox, Post, render_mail, usual_mode};
use kiosque_model::Edition;
use kiosque_store::{Distribution, Store};

use super::{UsageError, edition};
use crate::cli::{By, SendArgs};
use crate::config::{Config, MailConfig};
use crate::recipients::{self, SentRecord};
use crate::{line, looks, words};

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
    let spec = edition::spec(&config, Some(&found.name))?;
    let found = edition::law::lawful(&store, spec, &found, usual_mode(&found, spec))?;
    let all = recipients(args, mail)?;
    let mut record = SentRecord::open(&config.export_dir, &found)?;
    let due: Vec<_> = all.iter().filter(|to| args.again || !record.has(&found, to)).collect();
    if args.dry_run {
        due.iter().for_each(|to| println!("{to}"));
        return Ok(ExitCode::SUCCESS);
    }
    let failed = send(&config, mail, (&found, args.by), &due, &mut record)?;
    if due.len() > failed {
        let recipients = u32::try_from(due.len() - failed).unwrap_or(u32::MAX);
        let how = Distribution { channel: "mail".to_owned(), recipients, at: Timestamp::now() };
        line::open_store(&config)?.distribute(&found, &how)?;
    }
    println!(
        "{} du {} : {} par {}, déjà reçue par {}",
        found.name,
        kiosque_edition::long_date(found.date),
        words::count((due.len() - failed) as u64, "envoi"),
        mail.address(),
        words::count((all.len() - due.len()) as u64, "destinataire"),
    );
    if failed > 0 {
        bail!("{failed} of {} messages did not go out\nhint: send again: who has it is left out", due.len());
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
        return args.to.iter().map(read).collect();
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

/// How many did not get it.
fn send(
    config: &Config,
    mail: &MailConfig,
    (edition, by): (&Edition, By),
    due: &[&Mailbox],
    record: &mut SentRecord,
) -> Result<usize> {
    let look = looks::look(config, &edition.name)?;
    let post = Post::open(&mail.server()?)?;
    let by = GroupBy::from(by);
    let mut failed = 0;
    for (at, to) in due.iter().enumerate() {
        if at > 0 {
            std::thread::sleep(mail.pause_between);
        }
        let now = Timestamp::now();
        let envelope = Envelope { to: Some((*to).clone()), date: Some(now.into()), ..mail.envelope.clone() };
        let message = render_mail(&look, edition, by, &envelope)?;
        match post.send(&message, &envelope.from.email, &to.email, std::thread::sleep) {
            Ok(()) => record.add(edition, to, now)?,
            Err(error) => {
                failed += 1;
                eprintln!("{to}: {error}");
            }
        }
    }
    Ok(failed)
}
