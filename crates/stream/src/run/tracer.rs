//! Where a message's trace goes: a door that the loop opens and somebody else stands behind.
//!
//! The context travels in the `traceparent` header (W3C Trace Context). The span of a message is a child of the one
//! that sent it, and what follows from the message carries the span as its parent. Without a tracer the header is
//! passed on as it came.

use std::fmt::Debug;

use crate::Delivery;

/// Begins spans.
pub trait Tracer: Debug + Send + Sync {
    /// Begins the span of a message that a stage is about to process, as a child of the span its headers name.
    fn begin(&self, stage: &'static str, delivery: &Delivery) -> Box<dyn MessageSpan>;
}

/// The span of one message; dropped without an end it tells nothing of how it ended.
pub trait MessageSpan {
    /// The span as a `traceparent` header.
    fn traceparent(&self) -> String;

    /// Ends it: `forwarded`, `dropped`, `stored` or `dead_lettered`, and why, where that is known.
    fn end(self: Box<Self>, outcome: &'static str, reason: Option<&str>);
}
