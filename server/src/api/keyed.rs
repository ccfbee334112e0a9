//! What programs may call with an API key. What does not stand here is for people only, or for their own tokens.

use axum::http::Method;
use domain::tenancy::Action;

/// Asks, although what it asks for is sent.
const SEARCH: &str = "/properties/search";

/// What each of these routes is about. Which scope that takes, [`domain::api_key::needed`] knows.
#[rustfmt::skip] // A line a noun.
const ROUTES: [(Action, &[&str]); 11] = [
    (Action::Work, &["/users/me", "/organizations/me", "/organizations/{id}"]),
    (Action::Work, &["/chatbots", "/chatbots/{id}", "/properties", "/properties/{id}", SEARCH]),
    (Action::Work, &["/properties/{id}/train/url", "/properties/{id}/train/knowledge_base", "/properties/{id}/train/document", "/properties/{id}/train/image"]),
    (Action::Work, &["/training/url-content", "/training/upload-document", "/training_jobs/{id}/status"]),
    (Action::Work, &["/sources", "/sources/{id}", "/sources/{id}/file"]),
    (Action::Work, &["/qr_codes", "/qr_codes/{id}", "/qr_codes/{id}/scans", "/qr_codes/{id}/image.png", "/qr_codes/{id}/image.svg"]),
    (Action::Work, &["/analytics/qr_scans", "/analytics/conversations", "/analytics/leads"]),
    (Action::Work, &["/credits/balance"]),
    (Action::SeeBilling, &["/credits/transactions", "/credits/purchases", "/credits/purchases/{id}"]),
    (Action::SetBrand, &["/organizations/me/branding", "/organizations/{id}/branding"]),
    (Action::SeeLeads, &["/leads", "/conversations", "/conversations/{id}"]),
];

/// A route without its prefix.
fn within(route: &str) -> Option<&str> {
    ["/v1", "/api"].iter().find_map(|prefix| route.strip_prefix(prefix))
}

/// Whether a request changes nothing.
pub fn reads(method: &Method, route: &str) -> bool {
    matches!(*method, Method::GET | Method::HEAD) || within(route) == Some(SEARCH)
}

/// What a route is about, with its prefix; `None` for one that no key opens.
pub fn action(route: &str) -> Option<Action> {
    let route = within(route)?;
    let found = ROUTES.iter().find(|(_, routes)| routes.contains(&route));
    found.map(|(action, _)| *action)
}
