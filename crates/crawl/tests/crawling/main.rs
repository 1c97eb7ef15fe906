//! The crawler against a small web on loopback: what it asks, in which order, and what comes of it.
//! All hosts are invented; nothing leaves the machine.

#[cfg(test)]
mod durability;
mod errands;
#[cfg(test)]
mod frontier;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod manners;
#[cfg(test)]
mod pair;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod site;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod visits;
