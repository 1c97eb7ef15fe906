//! Finds and fetches pages with good manners: feeds, sitemaps, robots.txt, one lane a host.

mod client;
mod crawler;
mod date;
mod delivery;
mod discover;
mod error;
mod feed;
mod fetch;
mod guard;
mod hosts;
mod lane;
mod memo;
mod memory;
mod outlet;
mod reader;
mod report;
mod robots;
mod settings;
mod signals;
mod sitemap;
mod sniff;
mod visit;
mod xml;

pub use crawler::{Crawler, Fetched, fetch_once};
pub use error::CrawlError;
pub use feed::{Entry, Feed, FeedError, FeedKind, parse_feed};
pub use memory::{InMemory, Memory, MemoryError};
pub use outlet::{Outlet, OutletError};
pub use reader::{Link, PageFacts, Reader};
pub use report::{Event, Report, SourceReport, SourceState};
pub use robots::robots_allowed;
pub use settings::{Agent, Settings, Source, SourceKind};
pub use sitemap::{Sitemap, SitemapError, SitemapUrl, parse_sitemap};
pub use sniff::{Sniffed, sniff};
