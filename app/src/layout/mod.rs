//! What is around the pages: the document, the console's frame, the frame of the pages before it.

mod console;
mod plain;
#[cfg(feature = "ssr")]
mod shell;

#[cfg(feature = "hydrate")]
pub(crate) use console::BALANCE;
pub use console::ConsoleLayout;
pub use plain::PlainLayout;
#[cfg(feature = "ssr")]
pub use shell::shell;

use domain::tenancy::Action;

/// Whether who asks for the page may do something. Pages are made on the server, where it is known.
pub(crate) fn may(action: Action) -> bool {
    #[cfg(feature = "ssr")]
    return crate::ssr::may(action);
    #[cfg(not(feature = "ssr"))]
    return action == Action::Work;
}

/// The colours that somebody has chosen. Pages are made on the server, where it is known.
fn theme() -> Option<&'static str> {
    #[cfg(feature = "ssr")]
    let theme = crate::ssr::theme();
    #[cfg(not(feature = "ssr"))]
    let theme = None;
    theme
}
