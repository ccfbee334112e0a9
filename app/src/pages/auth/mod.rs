//! Before the console: signing in and registering.

mod register;
mod sign_in;

pub use register::RegisterPage;
pub use sign_in::SignInPage;
