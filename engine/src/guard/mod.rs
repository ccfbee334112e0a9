//! What stands between an engine and a buyer.

pub mod fact_lock;
pub mod fair_housing;
