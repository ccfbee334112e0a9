//! Before the console: signing in, registering, joining, and the pages behind the links of letters.

mod code;
mod confirm_email;
mod factor;
mod forgotten;
mod invitation;
mod provider;
mod register;
mod reset;
mod sign_in;

pub use code::CodePage;
pub use confirm_email::ConfirmEmailPage;
pub use factor::FactorPage;
pub use forgotten::ForgottenPage;
pub use invitation::InvitationPage;
pub use provider::{AwayPage, CallbackPage};
pub use register::RegisterPage;
pub use reset::ResetPage;
pub use sign_in::SignInPage;
