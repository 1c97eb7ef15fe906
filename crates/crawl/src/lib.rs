//! Finds and fetches pages with good manners: feeds, sitemaps, robots.txt, one lane a host.
//!
//! It owns the way from a source's address to raw pages, and the HTTP client. What it promises:
//!
//! - **Manners**: it says who it is, reads robots.txt first (RFC 9309), makes one request at a time to a host and
//!   rests in between, asks conditionally, and waits where it is told to.
//! - **Guard**: it connects to no private address, by name, number or redirect, unless the operator opens it.
//! - **Territory**: several crawlers share the work by site ([`Territory`]). One alone asks a site's hosts for
//!   anything; what others find of it is handed over ([`Handover`]) and taken in ([`Intake`]).
//! - **Order of durability**: a page is remembered only after the [`Outlet`] has it. A crash costs a second
//!   delivery at worst, never a page (see `delivery`).
//! - **Bounds**: bodies by size and time, how many are in hand at once, and entries of a source.
//! - **A trace**: every address asked for leaves a breadcrumb. Known ones that are not asked for again leave
//!   none: their last one stands.
//!
//! Pages come out as they came off the wire, charset untouched. Reading HTML is somebody else's: [`Reader`].

mod archive;
mod archived;
mod client;
mod coding;
mod crawler;
mod date;
mod delivery;
mod discover;
mod error;
mod feed;
mod fetch;
mod guard;
mod handover;
mod hosts;
mod intake;
mod lane;
mod memo;
mod memory;
mod opml;
mod outlet;
mod pages;
mod quiet;
mod reader;
mod report;
mod robots;
mod ruling;
mod scout;
mod settings;
mod signals;
mod silent;
mod sitemap;
mod sniff;
mod territory;
mod visit;
mod wire;
mod xml;

pub use archive::{Archive, ArchiveError, Exchange};
pub use archived::{Archived, NoPage};
pub use coding::{CodingError, undo_coding};
pub use crawler::Crawler;
pub use error::CrawlError;
pub use feed::{Entry, Feed, FeedError, FeedKind, parse_feed};
pub use handover::{Handover, RobotsFile, RulesErrand};
pub use intake::{Intake, LeadBatch};
pub use memory::{InMemory, Memory, MemoryError};
pub use opml::{OpmlError, Outline, parse_opml, write_opml};
pub use outlet::{Outlet, OutletError};
pub use quiet::Quiet;
pub use reader::{Link, PageFacts, Reader};
pub use report::{Event, Report, SourceHealth, SourceReport, SourceState, source_health};
pub use robots::robots_allowed;
pub use scout::{Fetched, Manners, Scout, fetch_once};
pub use settings::{Agent, Settings, Source, SourceFeed, SourceKind};
pub use sitemap::{Sitemap, SitemapError, SitemapUrl, parse_sitemap};
pub use sniff::{Sniffed, sniff};
pub use territory::{Everywhere, Territory, site_of};
pub use xml::decode;
