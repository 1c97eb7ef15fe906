//! Measures and trains the extractor on corpora of real pages, outside the default build.
//!
//! A workspace of its own, since it brings rival extractors as dependencies: run it from its folder with
//! `KIOSQUE_CORPORA` set, `cargo bench` for quality and speed side by side, `cargo run --release --bin train` for the
//! judge of lines, `--bin fuzz` for mutated pages. Nothing of the corpora is ever written but the model.

pub mod clock;
pub mod corpus;
pub mod grow;
pub mod lesson;
pub mod telling;
