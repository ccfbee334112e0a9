//! What is around the pages: the document, the console's frame, the frame of the pages before it.

mod console;
mod plain;
#[cfg(feature = "ssr")]
mod shell;

pub use console::ConsoleLayout;
pub use plain::PlainLayout;
#[cfg(feature = "ssr")]
pub use shell::shell;
