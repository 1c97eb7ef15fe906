//! Reads the raw pages that a bus still keeps, a handful at a time, whoever works on the bus.
//!
//! Only pages that `dedup` has committed: the others come by themselves, through the same code.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_model::{Envelope, header, topic};
use kiosque_stream::{Inspect, Progress, Stage};

use crate::stages::dedup::Dedup;

/// Messages read at a time; the bus bounds their bytes.
const PAGE: usize = 256;

/// Which pages are asked for.
pub(crate) struct Wanted {
    /// The zone of the days.
    pub(crate) zone: TimeZone,
    /// The first day of fetching.
    pub(crate) from: Date,
    /// The last one; none is today.
    pub(crate) to: Option<Date>,
    /// The source that led to the page; none is any.
    pub(crate) source: Option<String>,
}

impl Wanted {
    /// By the headers alone, so that pages nobody asked for are not decoded.
    fn takes(&self, page: &Envelope) -> bool {
        let Some(fetched) = page.header(header::TIME).and_then(|at| at.parse::<Timestamp>().ok()) else {
            return false;
        };
        let day = fetched.to_zoned(self.zone.clone()).date();
        let source = page.header(header::SOURCE).and_then(|source| source.strip_prefix("/sources/"));
        day >= self.from
            && self.to.is_none_or(|to| day <= to)
            && self.source.as_deref().is_none_or(|wanted| source == Some(wanted))
    }
}

/// The kept pages of a bus, from the oldest on.
pub(crate) struct Kept<'a> {
    log: &'a dyn Inspect,
    wanted: &'a Wanted,
    at: Progress,
    /// Where to end in each partition, so that a line that works on is not followed for ever.
    ends: BTreeMap<u32, u64>,
}

impl<'a> Kept<'a> {
    /// # Errors
    /// Where the bus cannot be asked.
    pub(crate) fn open(log: &'a dyn Inspect, wanted: &'a Wanted) -> Result<Self> {
        let positions = log.positions(Dedup::NAME, topic::PAGES)?;
        let ends = positions.into_iter().filter_map(|at| Some((at.partition, at.committed?))).collect();
        Ok(Self { log, wanted, at: Progress::new(), ends })
    }

    /// The next pages that are wanted, perhaps none of those just read; `None` at the end.
    ///
    /// # Errors
    /// Where the bus cannot be read.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Envelope>>> {
        let read = |(partition, end): (&u32, &u64)| {
            self.at.next(topic::PAGES, *partition).unwrap_or_default() >= *end
        };
        if self.ends.iter().all(read) {
            return Ok(None);
        }
        let found = self.log.browse(topic::PAGES, &self.at, PAGE)?;
        if found.is_empty() {
            return Ok(None);
        }
        let mut pages = Vec::new();
        for delivery in found {
            self.at.advance(topic::PAGES, delivery.partition, delivery.offset + 1);
            let known = self.ends.get(&delivery.partition).is_some_and(|end| delivery.offset < *end);
            if known && self.wanted.takes(&delivery.envelope) {
                pages.push(delivery.envelope);
            }
        }
        Ok(Some(pages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_of_the_pipelines_zone_and_both_ends_belong() {
        let check = |fetched: &str, source: &str, expected: bool| {
            let wanted = Wanted {
                zone: TimeZone::get("Africa/Casablanca").unwrap(),
                from: "2026-10-06".parse().unwrap(),
                to: Some("2026-10-07".parse().unwrap()),
                source: Some("phare".to_owned()),
            };
            let mut page = Envelope::default();
            page.set_header(header::TIME, fetched);
            page.set_header(header::SOURCE, source);
            assert_eq!(wanted.takes(&page), expected, "{fetched} {source}");
        };
        check("2026-10-05T22:59:59Z", "/sources/phare", false);
        check("2026-10-05T23:00:00Z", "/sources/phare", true);
        check("2026-10-07T22:59:59Z", "/sources/phare", true);
        check("2026-10-07T23:00:00Z", "/sources/phare", false);
        check("2026-10-06T12:00:00Z", "/sources/phares", false);
        check("no time", "/sources/phare", false);
    }
}
