//! The document around every page that is brought to life in the browser.

use axum::http::request::Parts;
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use crate::App;

/// The whole document. The nonce comes from context; scripts and styles come from the folder that `options` names.
pub fn shell(options: &LeptosOptions) -> impl IntoView + use<> {
    let (folder, name) = (&options.site_pkg_dir, &options.output_name);
    let files = format!("/{folder}/{name}");
    let lively = with_context::<Parts, _>(|parts| is_lively(parts.uri.path())).unwrap_or_default();
    let theme = super::theme();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=theme.unwrap_or("light dark")/>
                <link rel="icon" href=ICON/>
                <link rel="preload" href=FONT r#as="font" r#type="font/woff2" crossorigin=""/>
                <link rel="stylesheet" href=format!("{files}.css")/>
                {lively.then(|| scripts(&files))}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The pages with islands. The others load no script at all.
fn is_lively(path: &str) -> bool {
    matches!(path.split('/').nth(1), Some("console" | "sign-in" | "register"))
}

/// Loads the program of the islands and hands each its element, parents before children.
fn scripts(files: &str) -> AnyView {
    let (script, wasm) = (format!("{files}.js"), format!("{files}.wasm"));
    let start = format!(
        r#"import start,*as islands from "{script}";start({{module_or_path:"{wasm}"}}).then(()=>{{islands.hydrate();for(const it of document.querySelectorAll("leptos-island"))islands[it.dataset.component]?.(it)}})"#
    );
    view! {
        <link rel="modulepreload" href=script/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=use_nonce() inner_html=start></script>
    }
    .into_any()
}

const FONT: &str = "/fonts/inter-latin-wght-normal.woff2";
/// A lamp, drawn in place of a file.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%231f2a30'/%3E%3Cpath d='M11 13h10l3 9H8z' fill='%23f2b35a'/%3E%3Cpath d='M16 8v5' stroke='%23f2b35a' stroke-width='2'/%3E%3C/svg%3E";
