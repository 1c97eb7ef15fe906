//! How an edition goes out: frozen, published, corrected, issued at its hour, and written into the ledger.

use anyhow::{Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_edition::{Built, EditionError, EditionSpec, Format, GroupBy, Look, usual_mode};
use kiosque_model::{Edition, EditionState, Mode};
use kiosque_store::{Distribution, Store};

use super::{Desk, export_path, law, tell, write_if_changed};
use crate::cli::{DeskArgs, LedgerArgs, PublishArgs};
use crate::config::Config;
use crate::{gauges, looks};

/// Who issues what a schedule issues.
const BY_ITSELF: &str = "kiosque";

/// The channel of the files an edition is published in: they are one distribution, however many formats there are.
const CHANNEL: &str = "publication";

/// Closes an edition for its readers and writes it in every format.
pub(super) fn publish(args: &PublishArgs) -> Result<()> {
    let desk = Desk::open(args.desk.pipeline.path(), &args.desk.which)?;
    let mut spec = desk.spec().clone();
    spec.recipients = args.recipients.unwrap_or(spec.recipients);
    let how = (&*args.desk.by.name(), Timestamp::now());
    spec.law.mode = args.mode.map_or_else(|| mode(&desk.store, &spec, desk.date), Ok)?;
    let (edition, changed, files) = go_out_by_hand(&desk.config, &desk.store, &spec, (desk.date, how))?;
    if args.desk.which.json {
        return tell(&edition, changed, true);
    }
    for file in files {
        println!("{}", file.display());
    }
    Ok(())
}

/// Has an edition go out because somebody says so; gives it as it is then.
///
/// # Errors
/// Where it breaks a rule, is empty, or would leave behind what was decided while it was frozen.
pub(crate) fn by_hand(
    config: &Config,
    store: &Store,
    spec: &EditionSpec,
    (date, how): (Date, (&str, Timestamp)),
) -> Result<Edition> {
    let (edition, ..) = go_out_by_hand(config, store, spec, (date, how))?;
    Ok(edition)
}

fn go_out_by_hand(
    config: &Config,
    store: &Store,
    spec: &EditionSpec,
    (date, how): (Date, (&str, Timestamp)),
) -> Result<Out> {
    let name = &spec.name;
    let waiting = kiosque_edition::waiting(store, spec, date)?;
    if let Some(first) = waiting.first() {
        let numbers: Vec<_> = waiting.iter().map(ToString::to_string).collect();
        bail!(
            "the edition `{name}` of {date} is frozen, and decisions taken since would not be in it: {}\n\
             hint: `kiosque edition thaw` lets them in, with what came in since; `kiosque edition undo {first}` takes one back",
            numbers.join(", ")
        );
    }
    let draft = kiosque_edition::publication(store, spec, date, how)?;
    if draft.is_some_and(|draft| draft.edition.items().next().is_none())
        && store.issue(name, date)?.is_none_or(|issue| issue.state != EditionState::Published)
    {
        bail!(
            "the edition `{name}` of {date} has nothing in it yet; it did not go out\n\
             hint: `kiosque edition list` shows those that have something"
        );
    }
    go_out(config, store, spec, (date, how))
}

/// Freezes an edition, or opens a frozen one.
pub(super) fn change(
    args: &DeskArgs,
    how: impl FnOnce(&Store, &EditionSpec, Date, (&str, Timestamp)) -> Result<Built, EditionError>,
) -> Result<()> {
    let desk = Desk::open(args.pipeline.path(), &args.which)?;
    let built = how(&desk.store, desk.spec(), desk.date, (&args.by.name(), Timestamp::now()))?;
    tell(&built.edition, built.changed, args.which.json)
}

/// Prints the ledger.
pub(super) fn ledger(args: &LedgerArgs) -> Result<()> {
    let config = Config::load(args.pipeline.path())?;
    let rows = Store::open_read_only(&config.store)?.ledger(args.from, args.to)?;
    print!("{}", rows.to_csv());
    Ok(())
}

/// The mode an edition goes out in where nobody asks for one: again in that it went out in.
fn mode(store: &Store, spec: &EditionSpec, date: Date) -> Result<Mode> {
    let kept = store.edition(&spec.name, date)?;
    Ok(kept.map_or(spec.law.mode, |edition| usual_mode(&edition, spec)))
}

type Out = (Edition, bool, Vec<std::path::PathBuf>);

/// Publishes an edition and writes its files. Rules and formats are tried on what is then closed, word for word, so that an
/// edition that breaks one stays open to correction.
fn go_out(
    config: &Config,
    store: &Store,
    spec: &EditionSpec,
    (date, how): (Date, (&str, Timestamp)),
) -> Result<Out> {
    let look = looks::look(config, &spec.name)?;
    let built = match kiosque_edition::publication(store, spec, date, how)? {
        Some(draft) => {
            let tried = law::lawful((config, store), spec, &draft.edition, spec.law.mode)?;
            for format in Format::built() {
                rendered(config, &look, (&tried, GroupBy::Rubrique), format)?;
            }
            kiosque_edition::close(store, draft, how)?
        }
        None => kiosque_edition::build(store, spec, date)?,
    };
    let out = law::lawful((config, store), spec, &built.edition, spec.law.mode)?;
    let mut files = Vec::new();
    for format in Format::built() {
        let path = export_path(config, &out, format);
        write_if_changed(&path, &rendered(config, &look, (&out, GroupBy::Rubrique), format)?)?;
        files.push(path);
    }
    let (channel, recipients) = (CHANNEL.to_owned(), spec.recipients);
    // The JSON among them holds the view by paper too.
    store.distribute_once(&out, &Distribution { channel, recipients, by_paper: true, at: how.1 })?;
    Ok((built.edition, built.changed, files))
}

/// An edition in a format; a mail is from whom the pipeline's mail is from.
pub(crate) fn rendered(
    config: &Config,
    look: &Look,
    (edition, by): (&Edition, GroupBy),
    format: Format,
) -> Result<Vec<u8>> {
    Ok(match (format, &config.mail) {
        (Format::Eml, Some(mail)) => kiosque_edition::render_mail(look, edition, by, &mail.envelope)?,
        _ => kiosque_edition::render_with(look, edition, format, by)?,
    })
}

/// Issues every edition whose hour has come by `now`: the latest hour alone, where several were missed. An edition that
/// is met for the first time waits for its next hour after `since`, when the process began. Gives the names of those issued.
///
/// # Errors
/// Where the store cannot be read or written. An edition that breaks a rule is told in the log and tried again; its hour
/// is not passed over; nor is it where nothing came in yet, as when the line was down: it stays due until the next.
pub(crate) fn issue_due(
    config: &Config,
    store: &Store,
    (since, now): (Timestamp, Timestamp),
) -> Result<Vec<String>> {
    let mut issued = Vec::new();
    for spec in &config.editions {
        let Some(schedule) = &spec.schedule else { continue };
        let last = match store.last_issued(&spec.name)? {
            Some(last) => last,
            None => {
                store.set_issued(&spec.name, since)?;
                since
            }
        };
        let Some(hour) = schedule.due(last, now, &config.time_zone) else { continue };
        let date = hour.to_zoned(config.time_zone.clone()).date();
        match issue(config, store, spec, (date, now)) {
            Ok(false) => tracing::warn!(edition = spec.name, %date, "not issued yet: no article has come in"),
            Ok(true) => {
                store.set_issued(&spec.name, hour)?;
                gauges::built(&spec.name);
                tracing::info!(edition = spec.name, %date, "issued");
                issued.push(spec.name.clone());
            }
            // Another process of the line issues it.
            Err(error) if matches!(error.downcast_ref(), Some(EditionError::State { .. })) => {
                tracing::info!(edition = spec.name, %date, "issued by another process");
            }
            Err(error) => tracing::error!(edition = spec.name, %date, "not issued: {error:#}"),
        }
    }
    Ok(issued)
}

/// Issues one edition, unless it would be empty.
fn issue(config: &Config, store: &Store, spec: &EditionSpec, (date, now): (Date, Timestamp)) -> Result<bool> {
    let mut spec = spec.clone();
    spec.law.mode = mode(store, &spec, date)?;
    let how = (BY_ITSELF, now);
    let draft = kiosque_edition::publication(store, &spec, date, how)?;
    if draft.is_some_and(|draft| draft.edition.items().next().is_none()) {
        return Ok(false);
    }
    go_out(config, store, &spec, (date, how))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use kiosque_store::StoreOptions;

    use super::*;

    #[test]
    fn an_hour_is_met_once_and_stays_due_while_nothing_came_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let pipeline = format!(
            "[pipeline]\nname = \"p\"\n[crawl]\ncontact = \"p@kiosque.example\"\n[store]\npath = \"{}\"\n\
             [[edition]]\nname = \"matin\"\nschedule = \"0 7 * * *\"\n[[source]]\nid = \"a\"\nurl = \"http://a.example/\"\n",
            path.display()
        );
        let config = Config::parse("p.toml", &pipeline, []).unwrap();
        let options = StoreOptions { zone: Some(config.time_zone.clone()) };
        let store = Store::open_with(&path, &options).unwrap();
        let issued = |now: &str| {
            let since = "2026-10-06T08:00:00Z".parse().unwrap();
            issue_due(&config, &store, (since, now.parse().unwrap())).unwrap().len()
        };
        // Met for the first time after its hour: it waits for the next.
        assert_eq!(issued("2026-10-06T08:01:00Z"), 0);
        assert_eq!(store.last_issued("matin").unwrap().unwrap().to_string(), "2026-10-06T08:00:00Z");
        assert_eq!(issued("2026-10-07T05:59:59Z"), 0);
        // Its hour, and nothing came in: no empty edition is closed, and the hour is not passed over.
        let first = store.last_issued("matin").unwrap();
        assert_eq!(issued("2026-10-07T06:00:20Z"), 0);
        assert_eq!((store.editions().unwrap(), store.last_issued("matin").unwrap()), (Vec::new(), first));
    }
}
