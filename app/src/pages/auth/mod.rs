//! Before the console: signing in, registering, joining.

mod invitation;
mod register;
mod sign_in;

pub use invitation::InvitationPage;
pub use register::RegisterPage;
pub use sign_in::SignInPage;
