//! Errands between crawlers for the rules of hosts: RFC 9309 §2.3.1.2 has redirects of robots.txt followed to any host,
//! and a host has one crawler that may ask it for anything.
//!
//! So a redirect is followed to where the other territory begins, and the rest is handed over as an address is: the
//! owner of that site asks, in its own lane, and hands the answer back. Until it is there the host is left alone. The
//! answer may come twice, or never: then the errand is sent again, as a host that failed is asked again.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kiosque_model::{CanonicalUrl, FeedHint, SourceId};
use url::Url;

use crate::error::CrawlError;
use crate::handover::{Handover, RobotsFile, RulesErrand};
use crate::hosts::{HostRules, Kept, RuleBook, Whereabouts, origin_of, upheld};
use crate::territory::site_of;

/// The errand for rules of `origin` that lie at `there`; `None` where that is no address of the web.
pub(crate) fn request(origin: &str, there: &Url, hops: usize, at: Timestamp) -> Option<Handover> {
    let errand = RulesErrand { origin: origin.to_owned(), found: None };
    Some(Handover {
        at,
        url: there.to_string(),
        canonical: CanonicalUrl::parse(there.as_str()).ok()?,
        // No source led here: the host did.
        source: SourceId(origin.split_once("://").map_or(origin, |(_, host)| host).to_owned()),
        hint: FeedHint::default(),
        modified: None,
        requested_url: None,
        hops,
        listing: None,
        rules: Some(errand),
    })
}

/// The answer to an errand, for the owner of the host whose rules they are.
fn answer(origin: &Url, found: RobotsFile, at: Timestamp) -> Option<Handover> {
    let own = origin.join("/robots.txt").ok()?;
    let mut lead = request(&origin_of(origin), &own, 0, at)?;
    lead.rules.as_mut()?.found = Some(found);
    Some(lead)
}

impl RuleBook {
    /// Does an errand: asks for rules that lie on a site of ours, or takes in those that were brought. Gives what is
    /// to be handed over in turn.
    pub(crate) async fn run_errand(
        &self,
        lead: &Handover,
        rest: Duration,
        now: Timestamp,
    ) -> Result<Option<Handover>, CrawlError> {
        let Some(RulesErrand { origin, found }) = lead.rules.clone() else { return Ok(None) };
        let (Ok(url), Ok(origin)) = (Url::parse(&lead.url), Url::parse(&origin)) else { return Ok(None) };
        let found = match found {
            Some(found) => found,
            None if !self.territory.owns(&site_of(&url)) => return Ok(Some(lead.clone())),
            None => match self.robots_at(url, lead.hops, rest).await {
                Whereabouts::Here(found) => found,
                Whereabouts::There { url, hops } => return Ok(request(&origin_of(&origin), &url, hops, now)),
            },
        };
        if !self.territory.owns(&site_of(&origin)) {
            return Ok(answer(&origin, found, now));
        }
        self.take_in(&origin, found, rest, now).await?;
        Ok(None)
    }

    async fn take_in(
        &self,
        origin: &Url,
        found: RobotsFile,
        rest: Duration,
        now: Timestamp,
    ) -> Result<(), CrawlError> {
        let name = origin_of(origin);
        let cell = self.cell(&name);
        let mut rules = cell.lock().await;
        let before = self.kept(&name)?;
        let mut kept = Kept { at: now, robots: upheld(found, before), tdmrep: None, awaited: false };
        kept.tdmrep = self.tdmrep(origin, rest, &kept).await;
        self.keep(&name, &kept, None).await?;
        *rules = Some(Arc::new(HostRules::new(&kept, &self.agent)));
        Ok(())
    }
}
