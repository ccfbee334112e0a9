//! The tenant itself: its name, brand colour and logo.

mod store;

use bytes::Bytes;
use domain::{
    Fault, audit as log,
    brand::DEFAULT_COLOUR,
    brand::check_colour,
    fault::Checks,
    id::OrganizationId,
    tenancy::{Action, NAME_MAX, Organization},
    text::{Email, HexColour, Slug},
};
use serde_json::json;

use crate::{
    Call, Clock, Error,
    audit::{self, Event, Target},
    db::{DbError, Tx},
    failpoint, request,
    version::Version,
};

/// Makes a new organization with a slug of its own.
pub(crate) async fn open(
    tx: &mut Tx,
    clock: &Clock,
    id: OrganizationId,
    name: &str,
    email: &Email,
) -> Result<(), DbError> {
    let slug = unique_slug(name, "office", id.uuid());
    store::insert(tx, id, name, &slug, email.as_str(), DEFAULT_COLOUR, clock.now()).await
}

/// A readable slug that nobody else has: the title and the random end of an id. 48 bits of it: with 24, two of five
/// thousand of one name were as likely as not to collide, and names such as that of a franchise are many times taken.
pub(crate) fn unique_slug(title: &str, fallback: &str, id: uuid::Uuid) -> String {
    let stem = Slug::from_title(title).map_or_else(|| fallback.to_owned(), |slug| slug.as_str().to_owned());
    let digits = id.simple().to_string();
    format!("{stem}-{}", &digits[digits.len() - 12..])
}

pub async fn get(call: &Call) -> Result<Organization, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    store::find(&mut tx, call.organization())
        .await?
        .ok_or_else(|| Fault::not_found("organization").into())
}

/// Sets the brand's colour and, where given, its logo.
pub async fn set_brand(call: &Call, colour: &str, logo: Option<&[u8]>) -> Result<Organization, Error> {
    let change = BrandChange {
        colour: Some(colour),
        logo,
        ..BrandChange::default()
    };
    change_brand(call, &change).await
}

/// What changes of a brand; the rest stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrandChange<'a> {
    /// What the organization is called.
    pub name: Option<&'a str>,
    pub colour: Option<&'a str>,
    /// Any bitmap; kept as a small PNG.
    pub logo: Option<&'a [u8]>,
}

/// The picture at an address that anybody can open, for a logo.
pub async fn fetch_logo(call: &Call, url: &str) -> Result<Bytes, Error> {
    call.must(Action::SetBrand)?;
    let engine = call.engine();
    let fetched = engine.fetcher().fetch_image(url, engine.clock().now()).await;
    let text = "There is no picture that we can get at this address. Check it in your browser.";
    fetched.map_err(|_| Fault::field("logo_url", text).into())
}

/// Changes how an organization is called and looks.
pub async fn change_brand(call: &Call, change: &BrandChange<'_>) -> Result<Organization, Error> {
    call.must(Action::SetBrand)?;
    let mut checks = Checks::default();
    let name = change
        .name
        .map(|name| checks.text("company_name", name, true, NAME_MAX));
    checks.finish()?;
    let colour = change.colour.map(check_colour).transpose()?;
    let logo = match change.logo {
        Some(bytes) => {
            let bytes = bytes.to_vec();
            let decoded = tokio::task::spawn_blocking(move || crate::qr::image::Logo::decode(&bytes)).await;
            let logo = decoded.map_err(|error| Error::Broken(error.to_string()))?;
            Some(
                logo.map_err(|error| Fault::field("logo", error.to_string()))?
                    .png()
                    .to_vec(),
            )
        }
        None => None,
    };
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let old = store::find_to_change(&mut tx, call.organization()).await?;
    let old = old.ok_or_else(|| Error::from(Fault::not_found("organization")))?;
    call.must_have_seen(Version::of(&old))?;
    let name = name.as_deref().unwrap_or(&old.name);
    let colour = colour.as_ref().map_or(old.colour.as_str(), HexColour::as_str);
    let now = call.engine().clock().now();
    store::set_brand(&mut tx, call.organization(), (name, colour), logo.as_deref(), now).await?;
    if let Some(event) = brand_event(&old, (name, colour), logo.is_some()) {
        audit::note(&mut tx, call, event).await?;
    }
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::BRAND_SET).await?;
    get(call).await
}

/// What is noted of a new brand; nothing where it is the old one.
fn brand_event<'a>(old: &'a Organization, (name, colour): (&str, &str), new_logo: bool) -> Option<Event<'a>> {
    let renamed = old.name != name;
    if old.colour == colour && !renamed && !new_logo {
        return None;
    }
    let mut before = json!({ "colour": old.colour, "logo": old.has_logo });
    let mut after = json!({ "colour": colour, "logo": old.has_logo || new_logo });
    if old.has_logo && new_logo {
        after["new_logo"] = true.into();
    }
    if renamed {
        (before["name"], after["name"]) = (old.name.as_str().into(), name.into());
    }
    Some(Event {
        action: log::BRAND_CHANGED,
        target: Some(Target {
            kind: "organization",
            id: Some(old.id.uuid()),
            name: old.name.as_str().into(),
        }),
        before: Some(before),
        after: Some(after),
    })
}

/// The logo as PNG, if there is one.
pub async fn logo(call: &Call) -> Result<Option<Vec<u8>>, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::logo(&mut tx, call.organization()).await?)
}

/// The logo for a public page, by the organization its porch belongs to.
pub(crate) async fn logo_of(tx: &mut Tx, organization: OrganizationId) -> Result<Option<Vec<u8>>, DbError> {
    store::logo(tx, organization).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_one_name_each_get_a_slug_of_their_own() {
        let clock = Clock::system();
        let slug = |_| unique_slug("Harbour Homes", "office", clock.new_id::<OrganizationId>().uuid());
        let slugs: std::collections::HashSet<String> = (0..20_000).map(slug).collect();
        assert_eq!(slugs.len(), 20_000);
        assert!(
            slugs
                .iter()
                .all(|slug| slug.starts_with("harbour-homes-") && slug.len() == 26)
        );
    }
}
