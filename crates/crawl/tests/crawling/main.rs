//! The crawler against a small web on loopback: what it asks, in which order, and what comes of it.
//! All hosts are invented; nothing leaves the machine.

mod durability;
mod limits;
mod manners;
mod site;
mod sources;
mod visits;
