//! Porchlight's web application: pages, components, server functions.
//!
//! Pages are made on the server; what moves in them are islands, components marked `#[island]` that the browser brings to
//! life with the same code. Everything works before that has happened and without it: links are links, forms are forms
//! ([`ui::form`] explains how to make one).

pub mod browser;
pub mod checks;
pub mod error;
pub mod fns;
pub mod layout;
pub mod pages;
mod routes;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;

pub use error::AppError;
pub use routes::App;
