//! Registering, signing in and out, and who is signed in.

mod me;
mod register;
mod sign_in;
mod sign_out;

pub use me::*;
pub use register::*;
pub use sign_in::*;
pub use sign_out::*;
