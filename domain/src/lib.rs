//! Porchlight's plain types and rules, shared by the browser and the server.
//!
//! Nothing here does I/O, reads a clock or makes random values: the same code validates a form in
//! the browser and on the server.

pub mod account;
pub mod analytics;
pub mod api_configuration;
pub mod api_key;
pub mod audit;
pub mod bot;
pub mod brand;
pub mod chat;
pub mod credits;
pub mod dashboard;
pub mod fact;
pub mod fault;
pub mod id;
pub mod lead;
pub mod ledger;
pub mod licence;
pub mod listing;
pub mod operator;
pub mod page;
pub mod place;
pub mod privacy;
pub mod purchase;
pub mod qr;
pub mod search;
pub mod security;
pub mod tenancy;
pub mod text;
pub mod training;
pub mod webhook;

pub use fault::{Fault, FaultCode};
