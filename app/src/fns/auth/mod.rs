//! Registering, signing in and out, passwords that were forgotten, who is signed in, and the colours they like.

mod answer;
mod confirm_email;
mod forgotten;
mod link;
mod me;
mod passkey;
mod provider;
mod register;
mod reset;
mod sign_in;
mod sign_out;
mod theme;
mod ways;

pub use answer::*;
pub use confirm_email::*;
pub use forgotten::*;
pub use link::*;
pub use me::*;
pub use passkey::*;
pub use provider::*;
pub use register::*;
pub use reset::*;
pub use sign_in::*;
pub use sign_out::*;
pub use theme::*;
pub use ways::*;
