//! `kiosque edition send`: mails an edition to its recipients, a message each.

use std::process::ExitCode;

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};
use kiosque_edition::{
    EditionSpec, Envelope, Format, GroupBy, Mailbox, Post, PostError, render_mail, usual_mode,
};
use kiosque_model::{Edition, EditionState};
use kiosque_store::{Distribution, Store};

use super::{UsageError, edition};
use crate::cli::{By, SendArgs, Who};
use crate::config::{Config, MailConfig};
use crate::recipients::{self, SentRecord};
use crate::{line, looks, words};

/// The channel of the ledger.
const CHANNEL: &str = "mail";

/// How long after its hour an edition that was issued goes out by itself: who gets it later would rather have the next.
const STILL_NEWS: SignedDuration = SignedDuration::from_hours(12);

/// Sends, and prints a line for each recipient who did not get it.
///
/// What goes to the pipeline's list is closed: an edition that is not published yet is published first, so that whatever
/// is corrected later is told as an erratum. Addresses that are named get it as it stands, as a proof.
pub(crate) fn run(args: &SendArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    let Some(mail) = &config.mail else {
        return Err(UsageError(
            "the pipeline has no `[mail]` section\nhint: docs/mail.md says what stands in it".to_owned(),
        )
        .into());
    };
    let store = Store::open_read_only(&config.store)?;
    let mut found = edition::stored(&config, &store, args.edition.as_deref(), args.date)?;
    if found.items().next().is_none() {
        bail!(
            "the edition `{}` of {} has nothing in it; nothing was sent\nhint: name another day with --date",
            found.name,
            found.date
        );
    }
    let all = recipients(args, mail)?;
    let spec = edition::spec(&config, Some(&found.name))?;
    if args.to.is_empty() && !args.dry_run && found.state != EditionState::Published {
        let how = (&*Who::default().name(), Timestamp::now());
        found = edition::issue::by_hand(&config, &line::open_store(&config)?, spec, (found.date, how))?;
    }
    let found = edition::law::lawful((&config, &store), spec, &found, usual_mode(&found, spec))?;
    let due = |record: &SentRecord| -> Vec<Mailbox> {
        all.iter().filter(|to| args.again || !record.has(&found, to)).cloned().collect()
    };
    if args.dry_run {
        due(&SentRecord::open(&config.export_dir, &found)?).iter().for_each(|to| println!("{to}"));
        return Ok(ExitCode::SUCCESS);
    }
    let Some(mut record) = SentRecord::hold(&config.export_dir, &found)? else {
        bail!(
            "the edition `{}` of {} is being sent by another process\nhint: `--dry-run` shows who has not got it",
            found.name,
            found.date
        );
    };
    let due = due(&record);
    let done = deliver(&config, mail, (&found, args.by), &due, &mut record)?;
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

/// Mails every edition that its hour has issued and that is to be mailed then, to those of the pipeline's list who have no
/// revision of it. What a server puts off, and what a crash cut short, is tried when this is called again; whom it
/// refused for good is not asked again.
///
/// # Errors
/// Where list, store or record cannot be read, or an edition breaks a rule. Messages that do not go out are told in the log.
pub(crate) fn send_issued(config: &Config, now: Timestamp) -> Result<()> {
    let Some((mail, list)) = config.mail.as_ref().and_then(|mail| Some((mail, mail.recipients.as_ref()?)))
    else {
        return Ok(());
    };
    let store = Store::open_read_only(&config.store)?;
    for spec in config.editions.iter().filter(|spec| spec.mail) {
        let Some(found) = issued(config, &store, spec, now)? else { continue };
        let found = edition::law::lawful((config, &store), spec, &found, usual_mode(&found, spec))?;
        let Some(mut record) = SentRecord::hold(&config.export_dir, &found)? else { continue };
        let due: Vec<_> = recipients::read(list)?.into_iter().filter(|to| !record.is_done(to)).collect();
        if due.is_empty() {
            continue;
        }
        let done = deliver(config, mail, (&found, By::Rubrique), &due, &mut record)?;
        tracing::info!(edition = spec.name, date = %found.date, sent = done.sent, failed = done.failed, "mailed");
    }
    Ok(())
}

/// The edition that was issued at the schedule's latest hour, while it is news.
fn issued(config: &Config, store: &Store, spec: &EditionSpec, now: Timestamp) -> Result<Option<Edition>> {
    let (Some(schedule), Some(hour)) = (&spec.schedule, store.last_issued(&spec.name)?) else {
        return Ok(None);
    };
    let date = hour.to_zoned(config.time_zone.clone()).date();
    // A schedule that was met for the first time remembers when that was: no hour of issue.
    if schedule.issue_on(date, &config.time_zone) != Some(hour) || now.duration_since(hour) > STILL_NEWS {
        return Ok(None);
    }
    Ok(store.edition(&spec.name, date)?.filter(|edition| edition.state == EditionState::Published))
}

/// Sends to those who are due and declares in the ledger what went out.
fn deliver(
    config: &Config,
    mail: &MailConfig,
    (found, by): (&Edition, By),
    due: &[Mailbox],
    record: &mut SentRecord,
) -> Result<Done> {
    // Opened before the first message goes: what cannot be declared is not sent.
    let ledger = line::open_store(config)?;
    let before = record.count(found);
    let done = send(config, mail, (found, by), due, record)?;
    // With those of a sending that was cut short before it was declared.
    let owed = before.saturating_sub(ledger.declared(found, CHANNEL)?) + done.sent;
    if owed > 0 {
        let recipients = u32::try_from(owed).unwrap_or(u32::MAX);
        let by_paper = Format::Eml.tells_papers(by.into());
        let channel = CHANNEL.to_owned();
        let how = Distribution { channel, recipients, by_paper, at: Timestamp::now() };
        ledger.distribute(&Format::Eml.printed(found, by.into()), &how)?;
    }
    match done.stopped {
        Some(stopped) => {
            Err(stopped.context(format!("stopped after {} of {} messages", done.sent, due.len())))
        }
        None => Ok(done),
    }
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
    due: &[Mailbox],
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
        let envelope = Envelope { to: Some(to.clone()), date: Some(now.into()), ..mail.envelope.clone() };
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
                let refused = matches!(error, PostError::Refused(_));
                if let Err(error) = refused.then(|| record.refuse(edition, to, now)).transpose() {
                    done.stopped = Some(error);
                    break;
                }
            }
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::path::Path;
    use std::sync::mpsc;

    use kiosque_model::{Article, CanonicalUrl, Rubrique, SourceId, Tagged};
    use kiosque_store::StoreOptions;

    use super::*;

    /// A server that takes every message but those to `refus@…`, and tells each recipient it was asked for.
    fn server() -> (u16, mpsc::Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, all) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut out = stream.try_clone().unwrap();
                let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes()).unwrap();
                say("220 kiosque.example");
                let mut text = false;
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    match line.get(..4) {
                        _ if text && line == "." => {
                            text = false;
                            say("250 ok");
                        }
                        _ if text => {}
                        Some("RCPT") => {
                            let refused = line.contains("refus@");
                            asked.send(line).unwrap();
                            say(if refused { "550 nobody" } else { "250 ok" });
                        }
                        Some("DATA") => {
                            text = true;
                            say("354 go on");
                        }
                        Some("QUIT") => say("221 bye"),
                        _ => say("250 ok"),
                    }
                }
            }
        });
        (port, all)
    }

    fn pipeline(folder: &Path, port: u16) -> Config {
        let text = format!(
            "[pipeline]\nname = \"p\"\n[crawl]\ncontact = \"p@kiosque.example\"\n[store]\npath = \"{0}/store.sqlite\"\n\
             [mail]\nserver = \"127.0.0.1:{port}\"\nsecurity = \"none\"\nfrom = \"revue@kiosque.example\"\ntries = 1\n\
             recipients = \"{0}/list.txt\"\n[[edition]]\nname = \"matin\"\nschedule = \"0 7 * * *\"\nmail = true\n\
             [[source]]\nid = \"a\"\nurl = \"http://a.example/\"\n",
            folder.display()
        );
        std::fs::write(folder.join("list.txt"), "zoe@lecteurs.example\nrefus@lecteurs.example\n").unwrap();
        Config::parse("p.toml", &text, []).unwrap()
    }

    #[test]
    fn an_edition_is_mailed_at_its_hour_once() {
        let folder = tempfile::tempdir().unwrap();
        let (port, asked) = server();
        let config = pipeline(folder.path(), port);
        let options = StoreOptions { zone: Some(config.time_zone.clone()) };
        let store = Store::open_with(&config.store, &options).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let url = CanonicalUrl::parse("http://a.example/1").unwrap();
        let source = SourceId("a".to_owned());
        let mut article = Article::new(url.to_string(), url, source, at("2026-10-07T05:00:00Z"));
        article.title = Some("Le port rouvre".to_owned());
        article.published = Some("2026-10-07T05:00:00Z".parse().unwrap());
        let mut batch = store.begin().unwrap();
        batch.put(&Tagged::new(article, Rubrique::Economie, 0.9)).unwrap();
        batch.commit().unwrap();
        let mails = |now: &str| {
            edition::issue::issue_due(&config, &store, (at("2026-10-06T08:00:00Z"), at(now))).unwrap();
            send_issued(&config, at(now)).unwrap();
            asked.try_iter().count()
        };
        // Before its hour, and at the moment the schedule is met for the first time.
        assert_eq!(mails("2026-10-07T05:59:00Z"), 0);
        assert_eq!(mails("2026-10-07T06:00:10Z"), 2);
        // Who has it and who was refused is not asked again.
        assert_eq!(mails("2026-10-07T06:01:10Z"), 0);
        std::fs::write(folder.path().join("list.txt"), "zoe@lecteurs.example\nali@lecteurs.example\n")
            .unwrap();
        assert_eq!(mails("2026-10-07T06:02:10Z"), 1);
        std::fs::write(folder.path().join("list.txt"), "tard@lecteurs.example\n").unwrap();
        assert_eq!(mails("2026-10-07T19:00:00Z"), 0, "it is news no longer");
        let ledger = store.ledger(None, None).unwrap().to_csv();
        assert_eq!(ledger.lines().filter(|line| line.contains(",mail,1,")).count(), 2, "{ledger}");
    }
}
