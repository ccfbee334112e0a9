//! Porchlight's web application: pages, components, server functions.
//!
//! Pages are rendered on the server and brought to life in the browser by the same code. Everything works before that
//! has happened and without it: links are links, forms are forms ([`ui::form`] explains how to make one).

pub mod browser;
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
