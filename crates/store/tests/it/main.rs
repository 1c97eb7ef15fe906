//! The store as its callers use it: what is written is found, again and again, and nothing half-written stays.

#[cfg(test)]
mod documented;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod invented;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod writing;
