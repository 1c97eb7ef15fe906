//! What every topic carries: pages, articles, editions, addresses, and the wire format.
//!
//! The one crate everybody may depend on. It does no I/O and reads no clock: times come in from the
//! caller. A change here changes what travels between stages, so it is additive only
//! (`#[serde(default)]`), and the JSON Schemas in `docs/schemas/` are made from these types.

mod address;
mod article;
mod breadcrumb;
mod calendar;
mod edition;
mod language;
mod page;
mod published;
mod rubrique;
mod story;
mod tagged;
mod wire;

pub use address::{AddressError, CanonicalUrl, PageId};
pub use article::{Article, ArticleId, Conflict, Image, Kind, Provenance};
pub use breadcrumb::{Breadcrumb, Outcome as BreadcrumbOutcome, Reason};
pub use calendar::WEEKDAYS;
pub use edition::{
    Access, Coverage, CoverageShare, Edition, EditionItem, EditionSection, EditionSource, EditionState,
    EditorNote, Erratum, Formula, LawTerms, Mode, Newspaper, NewspaperLine, OtherTitle, Reprint, Rights,
    Timeline, TimelineMoment, WatchlistHits, Window,
};
pub use language::{Direction, Language};
pub use page::{FeedHint, FetchRecord, Page, SourceId};
pub use published::{Precision, Published};
pub use rubrique::Rubrique;
pub use story::{Story, StoryArticle, StoryId};
pub use tagged::{
    BlockLanguage, Entity, EntityKind, Field, Mention, Placement, Quote, Span, SummarySentence, Tagged,
};
pub use wire::{Envelope, Message, Never, UniquePage, WireError, header, topic};
