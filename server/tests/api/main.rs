//! The server through its router, without a socket: what it answers to whom.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod accounts;
mod app;
mod chat;
mod chatbots;
mod codes;
mod command;
mod console;
mod credits;
mod hostile;
mod matrix;
mod money;
mod properties;
mod protocol;
mod stopping;
mod tenants;
mod training;
