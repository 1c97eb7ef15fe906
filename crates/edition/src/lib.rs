//! Composes the dated edition and renders it in every export format.
//!
//! Two pure halves with a thin bridge to the store between them: [`compose`] turns a day's stories into an
//! [`kiosque_model::Edition`], [`render`] turns an edition into a page, and [`build`] reads the one and keeps
//! the other. No clock and no random number is asked anywhere here: the same store gives the same edition, and
//! the same edition the same file, to the byte. Every item of every format has title, source, author or
//! agency where known, date and link, and an extract short enough to send the reader to the paper.

mod amend;
mod build;
mod compose;
mod error;
mod format;
mod law;
mod look;
mod post;
mod render;
mod ruling;
mod schedule;
mod sides;
mod spec;

pub use amend::{amend, amends};
pub use build::{Built, Draft, build, close, dates_of, freeze, publication, publish, thaw, waiting};
pub use compose::{Day, compose};
pub use error::EditionError;
pub use format::{Format, GroupBy};
pub use law::{Breach, Rule, in_mode, usual_mode};
pub use lettre::Address;
pub use lettre::message::Mailbox;
pub use look::{Look, Mistake, languages};
pub use post::{MailServer, Post, PostError, Security};
pub use render::{
    Envelope, PageLink, long_date, prove, render, render_mail, render_page, render_with, schema,
};
pub use ruling::{Act, Ruling, in_force, taken_back};
pub use schedule::{Period, Schedule, out_at, window};
pub use spec::{EditionSpec, LawSpec, NoiseWeights, RankWeights, RubriqueSpec, Selection, Subject};
