//! Makes of the compiled bundle what a browser loads: `bindgen BUNDLE.wasm FOLDER [dev]`.
//!
//! The same library does it that the command-line tool of wasm-bindgen is made of. Built here it is as old as
//! `Cargo.lock` says, as it must be, and needs a third of what the tool does.

use std::{env, error::Error};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (bundle, folder, dev) = match arguments.as_slice() {
        [bundle, folder] => (bundle, folder, false),
        [bundle, folder, kind] if kind == "dev" => (bundle, folder, true),
        _ => return Err("usage: bindgen BUNDLE.wasm FOLDER [dev]".into()),
    };
    Bindgen::new()
        .input_path(bundle)
        .out_name("porchlight")
        .web(true)?
        .typescript(false)
        .debug(dev)
        .keep_debug(dev)
        .remove_name_section(!dev)
        .remove_producers_section(!dev)
        .generate(folder)?;
    Ok(())
}
