//! An invented morning, composed and rendered: what readers of every format are promised.

#![cfg(test)]

mod building;
mod composing;
mod correcting;
mod deciding;
mod desk;
mod formats;
mod guarding;
mod issuing;
mod looks;
mod morning;
mod rendering;
mod watching;
