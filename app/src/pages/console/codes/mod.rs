//! Codes for signs and flyers: the list with the form for a new one, and one code.

mod colour;
mod list;
mod new;
mod one;

pub(super) use colour::ratio;
pub use list::CodesPage;
pub use one::CodePage;
