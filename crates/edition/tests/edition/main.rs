//! An invented morning, composed and rendered: what readers of every format are promised.

mod building;
mod composing;
mod formats;
mod looks;
mod morning;
mod rendering;
