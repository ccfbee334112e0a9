//! Looking for something in the console.

mod find;

pub use find::*;
