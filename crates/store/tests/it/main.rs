//! The store as its callers use it: what is written is found, again and again, and nothing half-written stays.

mod documented;
mod failing;
mod invented;
mod reading;
mod writing;
