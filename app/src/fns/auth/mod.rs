//! Registering, signing in and out, who is signed in, and the colours they like.

mod me;
mod register;
mod sign_in;
mod sign_out;
mod theme;

pub use me::*;
pub use register::*;
pub use sign_in::*;
pub use sign_out::*;
pub use theme::*;
