//! The browser's entry point: brings the islands of the page that the server sent to life.

// The islands export themselves; nothing here names them.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
