//! Server functions, one a file, named by what they do. Each returns a view made for its page: nothing more is sent.

pub mod ai;
pub mod api_key;
pub mod audit;
pub mod auth;
pub mod bot;
pub mod brand;
pub mod code;
pub mod conversation;
pub mod credits;
pub mod dashboard;
pub mod lead;
pub mod licence;
pub mod mail;
pub mod people;
pub mod privacy;
pub mod property;
pub mod search;
pub mod security;
pub mod source;
pub mod support;
pub mod webhook;
pub mod when;
pub mod wizard;
