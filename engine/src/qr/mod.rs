//! Codes and the visits through them.

pub mod image;
mod scan;
mod spool;
mod store;

use domain::{
    Fault, audit as log,
    id::{BotId, CodeId, PropertyId, ScanId},
    page::{self, Page},
    qr::{CheckedCode, Code, CodeChange, CodeDesign, CodeForm, ScanRecord},
    text::HexColour,
};
use serde_json::json;

use crate::{
    Call, Engine, Error,
    audit::{self, Event, Target},
    bot,
    db::{Tx, expect_one},
    failpoint, listing, organization, request,
    version::Version,
};

pub(crate) use scan::{Scans, store_waiting};
pub use scan::{Visit, scan};

/// Makes a code after drawing it and reading it back; a design that does not scan is refused with the reason.
pub async fn create(call: &Call, form: &CodeForm) -> Result<Code, Error> {
    let form = form.check()?;
    let engine = call.engine();
    let id = engine.clock().new_id::<CodeId>();
    let slug = new_slug();
    let mut tx = engine.db().read(call.organization()).await?;
    bot::find(&mut tx, call, form.bot_id)
        .await
        .map_err(|_| Fault::field("bot_id", "There is no such bot."))?;
    try_out(tx, call, &slug, &form).await?;
    let mut tx = engine.db().begin(call.organization()).await?;
    let new = store::NewCode {
        id,
        bot: form.bot_id,
        property: form.property_id,
        label: &form.label,
        slug: &slug,
        design: &form.design,
    };
    store::insert(&mut tx, call.organization(), &new, engine.clock().now()).await?;
    audit::note(&mut tx, call, event(log::CODE_CREATED, id, &slug, &form.label)).await?;
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::CODE_CREATE).await?;
    get(call, id).await
}

/// Refuses a property that its bot does not answer for, and a design that does not scan.
async fn try_out(mut tx: Tx, call: &Call, slug: &str, form: &CheckedCode) -> Result<(), Error> {
    if let Some(property) = form.property_id {
        listing::find_of(&mut tx, call, form.bot_id, property).await?;
    }
    let logo = logo(&mut tx, call, &form.design).await?;
    drop(tx);
    draw(address(call.engine(), slug), form.design.clone(), logo, Format::Checked).await?;
    Ok(())
}

/// Changes what a code is called, which property it stands in front of, and how it looks.
pub async fn change(call: &Call, id: CodeId, change: CodeChange) -> Result<Code, Error> {
    let old = get(call, id).await?;
    call.must_have_seen(version(&old))?;
    let form = change.onto(&old).check()?;
    let tx = call.engine().db().read(call.organization()).await?;
    try_out(tx, call, &old.slug, &form).await?;
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let old = find_to_change(&mut tx, call, id).await?;
    expect_one(store::change(&mut tx, call.organization(), id, &form).await?, "code")?;
    let told = |label: &str, property: Option<PropertyId>, design: &CodeDesign| json!({ "label": label, "property": property, "design": design });
    let noted = Event {
        before: Some(told(&old.label, old.property_id, &old.design)),
        after: Some(told(&form.label, form.property_id, &form.design)),
        ..event(log::CODE_CHANGED, id, &old.slug, &form.label)
    };
    if noted.before != noted.after {
        audit::note(&mut tx, call, noted).await?;
    }
    tx.commit_at(failpoint::CODE_CHANGE).await?;
    get(call, id).await
}

/// The visits through a code, newest first.
pub async fn scans(
    call: &Call,
    id: CodeId,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<ScanRecord>, Error> {
    get(call, id).await?;
    let after = after.map(str::parse::<ScanId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::scans(&mut tx, call.organization(), id, after, limit).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

pub async fn get(call: &Call, id: CodeId) -> Result<Code, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    store::find(&mut tx, call.organization(), id)
        .await?
        .ok_or_else(|| Fault::not_found("code").into())
}

/// The caller's code, which stays as it is until the commit, where they may change it.
async fn find_to_change(tx: &mut Tx, call: &Call, id: CodeId) -> Result<Code, Error> {
    let found = store::find_to_change(tx, call.organization(), id).await?;
    let found = found.ok_or_else(|| Error::from(Fault::not_found("code")))?;
    call.must_have_seen(version(&found))?;
    Ok(found)
}

/// Of what can be changed of it: not of its visits, nor of what its bot and its property are called.
pub fn version(code: &Code) -> Version {
    Version::of(&(code.id, code.bot_id, code.property_id, &code.label, &code.design))
}

/// Newest first; of one bot where named.
pub async fn list(
    call: &Call,
    bot: Option<BotId>,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Code>, Error> {
    let after = after.map(str::parse::<CodeId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::list(&mut tx, call.organization(), bot, after, limit).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// Removes the code; a sign that still shows it leads to a page that says so.
pub async fn delete(call: &Call, id: CodeId) -> Result<(), Error> {
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let code = find_to_change(&mut tx, call, id).await?;
    expect_one(store::delete(&mut tx, call.organization(), id).await?, "code")?;
    audit::note(&mut tx, call, event(log::CODE_DELETED, id, &code.slug, &code.label)).await?;
    tx.commit_at(failpoint::CODE_DELETE).await?;
    call.engine().scans().forget(&code.slug).await;
    Ok(())
}

/// What is noted of a code, by its label, or by the end of its address where it has none.
fn event<'a>(action: &'static str, id: CodeId, slug: &'a str, label: &'a str) -> Event<'a> {
    let name = if label.is_empty() { slug } else { label };
    Event {
        action,
        target: Some(Target {
            kind: "code",
            id: Some(id.uuid()),
            name: name.into(),
        }),
        before: None,
        after: None,
    }
}

/// The address a code carries.
pub fn address(engine: &Engine, slug: &str) -> String {
    format!("{}/q/{slug}", engine.config().public_url)
}

/// The code as a PNG of `px` by `px` pixels (128 to 2,048).
pub async fn png(call: &Call, id: CodeId, px: u32) -> Result<Vec<u8>, Error> {
    let (code, logo) = with_logo(call, id).await?;
    draw(
        address(call.engine(), &code.slug),
        code.design,
        logo,
        Format::Png(px.clamp(128, 2048)),
    )
    .await
}

/// The code as an SVG.
pub async fn svg(call: &Call, id: CodeId) -> Result<Vec<u8>, Error> {
    let (code, logo) = with_logo(call, id).await?;
    draw(address(call.engine(), &code.slug), code.design, logo, Format::Svg).await
}

async fn with_logo(call: &Call, id: CodeId) -> Result<(Code, Option<Vec<u8>>), Error> {
    let code = get(call, id).await?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let logo = logo(&mut tx, call, &code.design).await?;
    Ok((code, logo))
}

async fn logo(tx: &mut Tx, call: &Call, design: &CodeDesign) -> Result<Option<Vec<u8>>, Error> {
    match design.with_logo {
        true => Ok(organization::logo_of(tx, call.organization()).await?),
        false => Ok(None),
    }
}

/// A code in black on white, for a text of our own that is no address of a bot.
pub(crate) fn plain_svg(data: &str) -> Result<String, Error> {
    let design = image::Design {
        foreground: [0; 3],
        background: [255; 3],
        logo: None,
    };
    image::svg(data, &design).map_err(|error| Error::Broken(format!("drawing a code: {error}")))
}

enum Format {
    /// Drawn and read back; nothing is returned.
    Checked,
    Png(u32),
    Svg,
}

/// Drawing is arithmetic, not waiting: it runs beside the async threads.
async fn draw(data: String, design: CodeDesign, logo: Option<Vec<u8>>, format: Format) -> Result<Vec<u8>, Error> {
    let drawn = tokio::task::spawn_blocking(move || {
        let logo = logo.map(|bytes| image::Logo::decode(&bytes)).transpose()?;
        let design = image::Design {
            foreground: channels(&design.foreground),
            background: channels(&design.background),
            logo,
        };
        match format {
            Format::Checked => image::checked_png(&data, &design, 512).map(|_| Vec::new()),
            Format::Png(px) => image::png(&data, &design, px),
            Format::Svg => image::svg(&data, &design).map(String::into_bytes),
        }
    });
    let drawn = drawn
        .await
        .map_err(|error| Error::Broken(format!("drawing a code: {error}")))?;
    drawn.map_err(|error| Fault::field("custom_design", error.to_string()).into())
}

fn channels(colour: &str) -> [u8; 3] {
    colour
        .parse::<HexColour>()
        .map_or([0; 3], |colour| domain::brand::rgb(&colour))
}

/// Ten letters and digits that are hard to mistake for each other: 49 random bits.
fn new_slug() -> String {
    const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let random: [u8; 10] = rand::random();
    random
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}

/// The porch a scan leads to, with the code in its address.
pub(crate) fn porch_path(bot_slug: &str, code_slug: &str) -> String {
    format!("/p/{bot_slug}?c={code_slug}")
}
