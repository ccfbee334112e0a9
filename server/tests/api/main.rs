//! The server through its router, without a socket: what it answers to whom.

// What was tried, and how often, is printed for whoever runs a long variant.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

mod accounts;
mod analytics;
mod api_configurations;
mod app;
mod audit;
mod chat;
mod chatbots;
mod codes;
mod command;
mod console;
mod credits;
mod demo;
mod document;
mod edits;
mod factors;
mod hostile;
mod keys;
mod licence;
mod matrix;
mod money;
mod organizations;
mod origins;
mod pages;
mod privacy;
mod properties;
mod protocol;
mod purchases;
mod repeated;
mod sessions;
mod stopping;
mod strict;
mod tenants;
mod till;
mod training;
mod ways_in;
