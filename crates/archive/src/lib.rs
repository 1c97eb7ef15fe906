//! Archives of the web in the WARC format (ISO 28500): what was asked, what was answered, when.
//!
//! It owns the format and nothing else: bytes in, records out, and the way back. No file is opened and no clock read
//! here, no charset touched, no content coding undone. What it promises:
//!
//! - **Reading is total and bounded.** WARC 1.0 and 1.1 and their drafts, plain or gzipped, a record a member or all in
//!   one. A damaged record is told and passed over; the next sound one is found. No record larger than the limit is
//!   held in memory.
//! - **Writing is for others to read.** WARC 1.1 with digests of block and payload, each record a gzip member, so that
//!   any reader of the format can jump to it.

mod answer;
mod digest;
mod reader;
mod record;
mod source;
mod writer;

pub use answer::{Answer, AnswerError};
pub use reader::{Damage, Damaged, Reader, sound_length};
pub use record::{Kind, Record};
pub use writer::{Exchange, Writer};
