use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    fns::code::{CodeRow, DeleteCode, get_code},
    pages::console::parts::{count, id},
    ui::{Card, Confirm, CopyButton, Glyph, Icon, PageHead, TimeText, load, shown},
};

/// One code at a size that scans from the screen, with its downloads.
#[component]
pub fn CodePage() -> impl IntoView {
    let id = id();
    shown(load(move || id.get(), get_code), page)
}

fn page(code: CodeRow) -> AnyView {
    let question = format!(
        "“{}” goes, with the record of its {}. A sign that still carries it leads to a page that says so. This cannot be undone.",
        code.title,
        count(code.scans, "scan", "scans")
    );
    let hidden = vec![("id", code.id.clone())];
    let (picture, details) = (picture(&code), details(&code));
    view! {
        <PageHead title=code.title.clone() up=("/console/codes", "Codes")/>
        <div class="halves">
            <Card>{picture}</Card>
            <Card title="This code">{details}</Card>
        </div>
        <Confirm to=DeleteCode::PATH hidden label="Delete this code…" action="Delete code" question/>
    }
    .into_any()
}

fn picture(code: &CodeRow) -> AnyView {
    let file = format!("/console/codes/{}", code.id);
    let (png, svg) = (
        format!("{file}.png?px=1024&download=1"),
        format!("{file}.svg?download=1"),
    );
    view! {
        <img class="code-picture" src=format!("{file}.svg") width="360" height="360" alt=format!("The code “{}”", code.title)/>
        <div class="actions">
            <a class="btn btn-primary" href=png rel="external" download=""><Icon glyph=Glyph::Download/>"PNG"</a>
            <a class="btn" href=svg rel="external" download=""><Icon glyph=Glyph::Download/>"SVG for print"</a>
        </div>
    }
    .into_any()
}

fn details(code: &CodeRow) -> AnyView {
    let scans = match &code.last_scan {
        Some(when) => {
            view! { {count(code.scans, "scan", "scans")}", the last "<TimeText when=when.clone()/> }.into_any()
        }
        None => "Nobody has scanned it yet".into_any(),
    };
    let about = code.property.clone().unwrap_or_else(|| "All its properties".into());
    let colours = format!("{} on {}", code.design.foreground, code.design.background);
    let logo = code.design.with_logo.then_some(", with your logo");
    view! {
        <dl class="summary">
            <div>
                <dt>"Address"</dt>
                <dd><a href=code.address.clone() rel="external"><code>{code.address.clone()}</code></a></dd>
                <dd><CopyButton text=code.address.clone() label="Copy"/></dd>
            </div>
            <div><dt>"Leads to"</dt><dd><a href=format!("/console/bots/{}", code.bot_id)>{code.bot.clone()}</a></dd></div>
            <div><dt>"About"</dt><dd>{about}</dd></div>
            <div><dt>"Scans"</dt><dd>{scans}</dd></div>
            <div><dt>"Colours"</dt><dd>{colours}{logo}</dd></div>
            <div><dt>"Made"</dt><dd><TimeText when=code.created.clone()/></dd></div>
        </dl>
    }
    .into_any()
}
