//! Every route of the router, and what it is: the rows of the matrix.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use domain::tenancy::Action;

use Kind::{Mine, Narrow, Object, Open, Own, Secret, Staff};
use Sent::{File, Form, Json, Nothing};

/// Whose a route's answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anybody's: the address itself names what is public.
    Open,
    /// The caller's own organization's; names nothing.
    Own,
    /// Of something that is named by an id, in the address or in the body.
    Object,
    /// A list that an id narrows: of a stranger's id as of a missing one, nothing.
    Narrow,
    /// Of the caller's own account, which it changes or ends: here only those without one are refused.
    Mine,
    /// The visitor's own: needs the secret that their first question gave them.
    Secret,
    /// The platform's own people's, whoever asks within an organization.
    Staff,
}

#[derive(Clone, Copy, Debug)]
pub enum Sent {
    Nothing,
    Json(&'static str),
    Form(&'static str),
    File(&'static [(&'static str, &'static str)]),
}

/// A row. In `address` and in what is sent, `{bot}` stands for the owner's bot, whoever calls, and `{my_bot}` for the
/// caller's own; so with the other nouns.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub method: &'static str,
    /// As the router has it.
    pub route: &'static str,
    pub address: &'static str,
    pub send: Sent,
    pub kind: Kind,
    /// What it names is gone afterwards, or changed so that it cannot be done twice.
    pub consumes: bool,
}

const fn row(
    kind: Kind,
    method: &'static str,
    route: &'static str,
    address: &'static str,
    send: Sent,
    consumes: bool,
) -> Row {
    Row {
        method,
        route,
        address,
        send,
        kind,
        consumes,
    }
}

const HOUSE: &str = r#"{"bot_id":"{bot}","address":"1 A Street","city":"B","state":"IL","zip_code":"62704"}"#;
const TEXT: &str = r#"{"text_content":"The porch light is green."}"#;

/// The REST API, without its prefix: each row holds under `/v1` and under `/api`.
#[rustfmt::skip] // A line a row.
pub const API: &[Row] = &[
    row(Open, "POST", "/auth/register", "/auth/register", Json("{}"), false),
    row(Open, "POST", "/auth/login", "/auth/login", Json("{}"), false),
    row(Open, "POST", "/auth/refresh", "/auth/refresh", Json("{}"), false),
    row(Mine, "POST", "/auth/logout", "/auth/logout", Nothing, true),
    row(Open, "GET", "/openapi.json", "/openapi.json", Nothing, false),
    row(Own, "GET", "/users/me", "/users/me", Nothing, false),
    row(Own, "GET", "/users/me/license", "/users/me/license", Nothing, false),
    row(Own, "PUT", "/users/me/license", "/users/me/license", Json(r#"{"state":"OR","number":"201234567"}"#), false),
    row(Own, "POST", "/users/me/license/document", "/users/me/license/document", File(&[]), false),
    row(Own, "GET", "/chatbots", "/chatbots", Nothing, false),
    row(Own, "POST", "/chatbots", "/chatbots", Json(r#"{"name":"Elm"}"#), false),
    row(Object, "GET", "/chatbots/{id}", "/chatbots/{bot}", Nothing, false),
    row(Object, "PUT", "/chatbots/{id}", "/chatbots/{bot}", Json(r#"{"description":"New"}"#), false),
    row(Object, "DELETE", "/chatbots/{id}", "/chatbots/{bot}", Nothing, true),
    row(Own, "GET", "/properties", "/properties", Nothing, false),
    row(Narrow, "GET", "/properties", "/properties?bot_id={bot}", Nothing, false),
    row(Object, "POST", "/properties", "/properties", Json(HOUSE), false),
    row(Own, "POST", "/properties/search", "/properties/search", Json(r#"{"city":"Springfield"}"#), false),
    row(Object, "GET", "/properties/{id}", "/properties/{property}", Nothing, false),
    row(Object, "PUT", "/properties/{id}", "/properties/{property}", Json(r#"{"price":1}"#), false),
    row(Object, "PUT", "/properties/{id}", "/properties/{my_property}", Json(r#"{"bot_id":"{bot}"}"#), false),
    row(Object, "DELETE", "/properties/{id}", "/properties/{property}", Nothing, true),
    row(Object, "POST", "/properties/{id}/train/url", "/properties/{property}/train/url", Json(r#"{"url":"http://127.0.0.1:9/"}"#), false),
    row(Object, "POST", "/properties/{id}/train/knowledge_base", "/properties/{property}/train/knowledge_base", Json(TEXT), false),
    row(Object, "POST", "/properties/{id}/train/document", "/properties/{property}/train/document", File(&[]), false),
    row(Object, "POST", "/properties/{id}/train/image", "/properties/{property}/train/image", File(&[("description", "A gas stove.")]), false),
    row(Object, "POST", "/training/url-content", "/training/url-content?chatbot_id={bot}", Json(r#"{"url":"http://127.0.0.1:9/"}"#), false),
    row(Object, "POST", "/training/url-content", "/training/url-content?property_id={property}", Json(r#"{"url":"http://127.0.0.1:9/"}"#), false),
    row(Object, "POST", "/training/upload-document", "/training/upload-document?property_id={property}", File(&[]), false),
    row(Own, "GET", "/sources", "/sources", Nothing, false),
    row(Narrow, "GET", "/sources", "/sources?bot_id={bot}", Nothing, false),
    row(Object, "GET", "/sources/{id}", "/sources/{source}", Nothing, false),
    row(Object, "GET", "/sources/{id}/file", "/sources/{source}/file", Nothing, false),
    row(Object, "DELETE", "/sources/{id}", "/sources/{source}", Nothing, true),
    row(Own, "GET", "/analytics/qr_scans", "/analytics/qr_scans", Nothing, false),
    row(Narrow, "GET", "/analytics/qr_scans", "/analytics/qr_scans?qr_id={code}", Nothing, false),
    row(Narrow, "GET", "/analytics/qr_scans", "/analytics/qr_scans?property_id={property}", Nothing, false),
    row(Own, "GET", "/analytics/conversations", "/analytics/conversations", Nothing, false),
    row(Narrow, "GET", "/analytics/conversations", "/analytics/conversations?bot_id={bot}", Nothing, false),
    row(Own, "GET", "/analytics/leads", "/analytics/leads", Nothing, false),
    row(Narrow, "GET", "/analytics/leads", "/analytics/leads?bot_id={bot}", Nothing, false),
    row(Own, "GET", "/organizations/me", "/organizations/me", Nothing, false),
    row(Own, "POST", "/organizations/me/branding", "/organizations/me/branding", Json(r##"{"primary_color":"#0b3d3a"}"##), false),
    row(Object, "GET", "/organizations/{id}", "/organizations/{organization}", Nothing, false),
    row(Object, "PUT", "/organizations/{id}/branding", "/organizations/{organization}/branding", Json(r##"{"branding_config":{"primary_color":"#0b3d3a"}}"##), false),
    row(Object, "GET", "/training_jobs/{id}/status", "/training_jobs/{job}/status", Nothing, false),
    row(Own, "GET", "/qr_codes", "/qr_codes", Nothing, false),
    row(Narrow, "GET", "/qr_codes", "/qr_codes?bot_id={bot}", Nothing, false),
    row(Object, "POST", "/qr_codes", "/qr_codes", Json(r#"{"bot_id":"{bot}"}"#), false),
    row(Object, "POST", "/qr_codes", "/qr_codes", Json(r#"{"bot_id":"{my_bot}","property_id":"{property}"}"#), false),
    row(Object, "GET", "/qr_codes/{id}", "/qr_codes/{code}", Nothing, false),
    row(Object, "PUT", "/qr_codes/{id}", "/qr_codes/{code}", Json(r#"{"label":"Front yard"}"#), false),
    row(Object, "PUT", "/qr_codes/{id}", "/qr_codes/{my_code}", Json(r#"{"property_id":"{property}"}"#), false),
    row(Object, "GET", "/qr_codes/{id}/scans", "/qr_codes/{code}/scans", Nothing, false),
    row(Object, "DELETE", "/qr_codes/{id}", "/qr_codes/{code}", Nothing, true),
    row(Object, "GET", "/qr_codes/{id}/image.png", "/qr_codes/{code}/image.png?size=128", Nothing, false),
    row(Object, "GET", "/qr_codes/{id}/image.svg", "/qr_codes/{code}/image.svg", Nothing, false),
    row(Own, "GET", "/api_configurations", "/api_configurations", Nothing, false),
    row(Own, "POST", "/api_configurations", "/api_configurations", Json(r#"{"provider_name":"other","base_url":"http://127.0.0.1:9","api_key":"sk-0123456789abcdef","model_settings":{"model":"m"}}"#), false),
    row(Object, "GET", "/api_configurations/{id}", "/api_configurations/{ai}", Nothing, false),
    row(Object, "PUT", "/api_configurations/{id}", "/api_configurations/{ai}", Json(r#"{"is_active":false}"#), false),
    row(Object, "POST", "/api_configurations/{id}/test", "/api_configurations/{ai}/test", Nothing, false),
    row(Object, "DELETE", "/api_configurations/{id}", "/api_configurations/{ai}", Nothing, true),
    row(Own, "GET", "/webhooks", "/webhooks", Nothing, false),
    row(Own, "POST", "/webhooks", "/webhooks", Json(r#"{"url":"https://house.invalid/new","events":["credits.low"]}"#), false),
    row(Object, "GET", "/webhooks/{id}", "/webhooks/{webhook}", Nothing, false),
    row(Object, "PUT", "/webhooks/{id}", "/webhooks/{webhook}", Json(r#"{"events":["credits.low"]}"#), false),
    row(Object, "POST", "/webhooks/{id}/secret", "/webhooks/{webhook}/secret", Nothing, false),
    row(Object, "POST", "/webhooks/{id}/test", "/webhooks/{webhook}/test", Nothing, false),
    row(Object, "GET", "/webhooks/{id}/deliveries", "/webhooks/{webhook}/deliveries", Nothing, false),
    row(Object, "POST", "/webhooks/{id}/deliveries/{delivery_id}/replay", "/webhooks/{webhook}/deliveries/{delivery}/replay", Nothing, false),
    row(Object, "DELETE", "/webhooks/{id}", "/webhooks/{webhook}", Nothing, true),
    row(Own, "GET", "/api_keys", "/api_keys", Nothing, false),
    row(Own, "POST", "/api_keys", "/api_keys", Json(r#"{"name":"CRM","scopes":["read"],"expires_in_days":1}"#), false),
    row(Mine, "GET", "/api_keys/{id}", "/api_keys/00000000-0000-7000-8000-00000000abcd", Nothing, false),
    row(Mine, "DELETE", "/api_keys/{id}", "/api_keys/00000000-0000-7000-8000-00000000abcd", Nothing, true),
    row(Own, "GET", "/credits/balance", "/credits/balance", Nothing, false),
    row(Own, "POST", "/credits/purchase", "/credits/purchase", Json(r#"{"amount":5,"payment_method_id":"pm_card_visa"}"#), false),
    row(Own, "GET", "/credits/purchases", "/credits/purchases", Nothing, false),
    row(Object, "GET", "/credits/purchases/{id}", "/credits/purchases/{purchase}", Nothing, false),
    row(Own, "GET", "/credits/transactions", "/credits/transactions", Nothing, false),
    row(Own, "GET", "/leads", "/leads", Nothing, false),
    row(Object, "DELETE", "/leads/{id}", "/leads/{lead}", Nothing, true),
    row(Own, "GET", "/exports/organization", "/exports/organization", Nothing, false),
    row(Own, "GET", "/members", "/members", Nothing, false),
    row(Object, "PUT", "/members/{id}", "/members/{member}", Json(r#"{"role":"realtor"}"#), false),
    row(Object, "DELETE", "/members/{id}/sessions", "/members/{member}/sessions", Nothing, false),
    row(Own, "GET", "/invitations", "/invitations", Nothing, false),
    row(Own, "POST", "/invitations", "/invitations", Json(r#"{"email":"new@example.com","role":"realtor"}"#), false),
    row(Object, "DELETE", "/invitations/{id}", "/invitations/{invitation}", Nothing, true),
    row(Own, "GET", "/audit", "/audit", Nothing, false),
    row(Narrow, "GET", "/audit", "/audit?actor={member}", Nothing, false),
    row(Own, "GET", "/conversations", "/conversations", Nothing, false),
    row(Object, "GET", "/conversations/{id}", "/conversations/{conversation}", Nothing, false),
    row(Open, "POST", "/public/chat/{qr_id}", "/public/chat/{code}", Json(r#"{"message_text":"How many beds?"}"#), false),
    row(Secret, "GET", "/public/chat/{qr_id}/turns/{turn_id}", "/public/chat/{code}/turns/{turn}", Nothing, false),
];

/// Pages, forms and files of the console, its server functions, the porch, and what anybody may ask.
#[rustfmt::skip] // A line a row.
pub const WEB: &[Row] = &[
    row(Open, "GET", "/healthz", "/healthz", Nothing, false),
    row(Open, "GET", "/readyz", "/readyz", Nothing, false),
    row(Open, "GET", "/docs/api", "/docs/api", Nothing, false),
    row(Open, "GET", "/problems/{slug}", "/problems/not-found", Nothing, false),
    row(Open, "GET", "/", "/", Nothing, false),
    row(Open, "GET", "/sign-in", "/sign-in", Nothing, false),
    row(Open, "GET", "/register", "/register", Nothing, false),
    row(Open, "GET", "/sign-in/code", "/sign-in/code", Nothing, false),
    row(Open, "GET", "/sign-in/factor", "/sign-in/factor", Nothing, false),
    row(Open, "GET", "/mail", "/mail", Nothing, false),
    row(Open, "GET", "/_fn/mail/list", "/_fn/mail/list", Nothing, false),
    row(Open, "GET", "/operator/sign-in", "/operator/sign-in", Nothing, false),
    row(Open, "POST", "/operator/sign-in", "/operator/sign-in", Form("email=&password=&code="), false),
    row(Open, "POST", "/operator/sign-out", "/operator/sign-out", Form(""), false),
    row(Open, "GET", "/operator/set-up/{token}", "/operator/set-up/{operator_secret}", Nothing, false),
    row(Open, "POST", "/operator/set-up/{token}", "/operator/set-up/{operator_secret}", Form("name=&password=&code="), false),
    row(Staff, "GET", "/operator", "/operator", Nothing, false),
    row(Staff, "GET", "/operator/organizations/{id}", "/operator/organizations/{organization}", Nothing, false),
    row(Staff, "POST", "/operator/organizations/{id}/licences/{account}", "/operator/organizations/{organization}/licences/{owner}", Form("decision=verify&reason=Seen"), false),
    row(Staff, "GET", "/operator/organizations/{id}/licences/{account}/document", "/operator/organizations/{organization}/licences/{owner}/document", Nothing, false),
    row(Staff, "GET", "/operator/organizations/{id}/conversations", "/operator/organizations/{organization}/conversations", Nothing, false),
    row(Staff, "GET", "/operator/organizations/{id}/conversations/{conversation}", "/operator/organizations/{organization}/conversations/{conversation}", Nothing, false),
    row(Staff, "GET", "/operator/organizations/{id}/leads", "/operator/organizations/{organization}/leads", Nothing, false),
    row(Own, "GET", "/_fn/support/get", "/_fn/support/get", Nothing, false),
    row(Own, "POST", "/_fn/support/grant", "/_fn/support/grant", Form("reason=A+lead+is+missing&minutes=10"), false),
    row(Own, "POST", "/_fn/support/withdraw", "/_fn/support/withdraw", Form(""), false),
    row(Open, "GET", "/forgotten", "/forgotten", Nothing, false),
    row(Open, "POST", "/_fn/auth/forgotten", "/_fn/auth/forgotten", Form("email="), false),
    row(Open, "GET", "/reset/{token}", "/reset/{reset_secret}", Nothing, false),
    row(Open, "GET", "/_fn/auth/link", "/_fn/auth/link?kind=reset&token={reset_secret}", Nothing, false),
    row(Open, "POST", "/_fn/auth/reset", "/_fn/auth/reset", Form("token={reset_secret}&password="), false),
    row(Open, "GET", "/confirm-email/{token}", "/confirm-email/{confirm_secret}", Nothing, false),
    row(Open, "POST", "/_fn/auth/confirm_email", "/_fn/auth/confirm_email", Form("token={confirm_secret}"), true),
    row(Mine, "POST", "/_fn/auth/answer", "/_fn/auth/answer", Form("next=&code="), false),
    row(Open, "GET", "/_fn/auth/ways", "/_fn/auth/ways", Nothing, false),
    row(Open, "POST", "/_fn/auth/begin_passkey", "/_fn/auth/begin_passkey", Form(""), false),
    row(Open, "POST", "/_fn/auth/passkey", "/_fn/auth/passkey", Form("next=&credential="), false),
    row(Open, "GET", "/sign-in/away", "/sign-in/away", Nothing, false),
    row(Open, "GET", "/_fn/auth/away", "/_fn/auth/away", Nothing, false),
    row(Open, "GET", "/sign-in/callback", "/sign-in/callback?code=x&state=y", Nothing, false),
    row(Open, "POST", "/_fn/auth/begin_provider", "/_fn/auth/begin_provider", Form("next="), false),
    row(Open, "POST", "/_fn/auth/finish_provider", "/_fn/auth/finish_provider", Form("code=x&state=y&error=&iss="), false),
    row(Mine, "POST", "/_fn/security/link_provider", "/_fn/security/link_provider", Form(""), false),
    row(Mine, "POST", "/_fn/security/unlink_provider", "/_fn/security/unlink_provider", Form("id="), false),
    row(Mine, "POST", "/_fn/auth/begin_passkey_answer", "/_fn/auth/begin_passkey_answer", Form(""), false),
    row(Mine, "POST", "/_fn/auth/answer_passkey", "/_fn/auth/answer_passkey", Form("next=&credential="), false),
    row(Mine, "POST", "/_fn/security/begin_passkey", "/_fn/security/begin_passkey", Form(""), false),
    row(Mine, "POST", "/_fn/security/add_passkey", "/_fn/security/add_passkey", Form("name=Phone&credential="), false),
    row(Mine, "POST", "/_fn/security/remove_passkey", "/_fn/security/remove_passkey", Form("id="), false),
    row(Mine, "POST", "/_fn/security/begin_passkey_proof", "/_fn/security/begin_passkey_proof", Form(""), false),
    row(Mine, "POST", "/_fn/security/prove_passkey", "/_fn/security/prove_passkey", Form("next=&credential="), false),
    row(Own, "GET", "/console/security", "/console/security", Nothing, false),
    row(Own, "GET", "/_fn/security/get", "/_fn/security/get", Nothing, false),
    row(Own, "GET", "/console/security/factor", "/console/security/factor", Nothing, false),
    row(Own, "GET", "/_fn/security/enrolment", "/_fn/security/enrolment", Nothing, false),
    row(Own, "GET", "/console/confirm", "/console/confirm", Nothing, false),
    row(Own, "GET", "/_fn/security/proof", "/_fn/security/proof", Nothing, false),
    row(Mine, "POST", "/_fn/security/prove", "/_fn/security/prove", Form("next=&password=&code="), false),
    row(Mine, "POST", "/_fn/security/begin_factor", "/_fn/security/begin_factor", Form(""), true),
    row(Mine, "POST", "/_fn/security/confirm_factor", "/_fn/security/confirm_factor", Form("code="), true),
    row(Mine, "POST", "/_fn/security/remove_factor", "/_fn/security/remove_factor", Form(""), true),
    row(Mine, "POST", "/_fn/security/renew_codes", "/_fn/security/renew_codes", Form(""), true),
    row(Mine, "POST", "/_fn/security/change_password", "/_fn/security/change_password", Form("current_password=&password="), true),
    row(Mine, "POST", "/_fn/security/end_session", "/_fn/security/end_session", Form("id="), true),
    row(Mine, "POST", "/_fn/security/end_other_sessions", "/_fn/security/end_other_sessions", Form(""), true),
    row(Own, "GET", "/console/licence", "/console/licence", Nothing, false),
    row(Own, "GET", "/_fn/licence/get", "/_fn/licence/get", Nothing, false),
    row(Own, "POST", "/_fn/licence/set", "/_fn/licence/set", Form("state=OR&number=201234567&kind=agent"), false),
    row(Own, "POST", "/_fn/licence/upload", "/_fn/licence/upload", File(&[]), false),
    row(Object, "GET", "/console/knowledge/{id}/file", "/console/knowledge/{source}/file", Nothing, false),
    row(Own, "GET", "/console/licence/document", "/console/licence/document", Nothing, false),
    row(Open, "GET", "/invitation/{token}", "/invitation/{invitation_secret}", Nothing, false),
    row(Open, "GET", "/_fn/people/offer", "/_fn/people/offer?token={invitation_secret}", Nothing, false),
    row(Open, "POST", "/_fn/people/join", "/_fn/people/join", Form("token=&first_name=&last_name=&password="), false),
    row(Open, "GET", "/q/{code}", "/q/{code_slug}", Nothing, false),
    row(Open, "GET", "/p/{slug}", "/p/{slug}", Nothing, false),
    row(Open, "POST", "/p/{slug}/ask", "/p/{slug}/ask", Form("question=How+many+beds"), false),
    row(Open, "GET", "/p/{slug}/ask", "/p/{slug}/ask", Nothing, false),
    row(Open, "GET", "/p/{slug}/lead", "/p/{slug}/lead", Nothing, false),
    row(Open, "GET", "/p/{slug}/me", "/p/{slug}/me", Nothing, false),
    row(Open, "GET", "/p/{slug}/me/withdraw", "/p/{slug}/me/withdraw", Nothing, false),
    row(Open, "GET", "/p/{slug}/me/erase", "/p/{slug}/me/erase", Nothing, false),
    row(Secret, "GET", "/p/{slug}/me.json", "/p/{slug}/me.json", Nothing, false),
    row(Secret, "POST", "/p/{slug}/me/withdraw", "/p/{slug}/me/withdraw", Form(""), true),
    row(Secret, "POST", "/p/{slug}/me/erase", "/p/{slug}/me/erase", Form(""), true),
    row(Open, "POST", "/p/{slug}/lead", "/p/{slug}/lead", Form("name=Cy&email=cy%40example.com&message=Hello"), false),
    row(Open, "POST", "/hooks/stripe", "/hooks/stripe", Json("{}"), false),
    row(Open, "GET", "/logo/{organization}", "/logo/{organization_slug}", Nothing, false),
    row(Open, "GET", "/files/{link}", "{file}", Nothing, false),
    row(Open, "GET", "/photo/{source}/{number}", "/photo/{source}/0", Nothing, false),
    row(Secret, "GET", "/p/{slug}/turns/{turn}", "/p/{slug}/turns/{porch_turn}", Nothing, false),
    row(Own, "GET", "/console", "/console", Nothing, false),
    row(Own, "GET", "/console/bots", "/console/bots", Nothing, false),
    row(Own, "GET", "/console/bots/new", "/console/bots/new", Nothing, false),
    row(Own, "GET", "/console/properties", "/console/properties", Nothing, false),
    row(Own, "GET", "/console/knowledge", "/console/knowledge", Nothing, false),
    row(Own, "GET", "/console/codes", "/console/codes", Nothing, false),
    row(Own, "GET", "/console/conversations", "/console/conversations", Nothing, false),
    row(Own, "GET", "/console/leads", "/console/leads", Nothing, false),
    row(Own, "GET", "/console/leads.csv", "/console/leads.csv", Nothing, false),
    row(Own, "GET", "/console/credits", "/console/credits", Nothing, false),
    row(Own, "GET", "/console/brand", "/console/brand", Nothing, false),
    row(Own, "GET", "/console/privacy", "/console/privacy", Nothing, false),
    row(Own, "GET", "/_fn/privacy/get", "/_fn/privacy/get", Nothing, false),
    row(Own, "POST", "/_fn/privacy/set_retention", "/_fn/privacy/set_retention", Form("conversation_days=90&lead_days="), false),
    row(Own, "GET", "/console/organization.zip", "/console/organization.zip", Nothing, false),
    row(Object, "POST", "/_fn/lead/erase", "/_fn/lead/erase", Form("id={lead}"), true),
    row(Own, "GET", "/console/people", "/console/people", Nothing, false),
    row(Own, "GET", "/_fn/people/get", "/_fn/people/get", Nothing, false),
    row(Own, "POST", "/_fn/people/invite", "/_fn/people/invite", Form("email=new%40example.com&role=realtor"), false),
    row(Object, "POST", "/_fn/people/change", "/_fn/people/change", Form("id={member}&role=realtor"), false),
    row(Object, "POST", "/_fn/people/sign_out", "/_fn/people/sign_out", Form("id={member}"), false),
    row(Object, "POST", "/_fn/people/revoke", "/_fn/people/revoke", Form("id={invitation}"), true),
    row(Own, "GET", "/console/audit", "/console/audit", Nothing, false),
    row(Own, "GET", "/console/audit.csv", "/console/audit.csv", Nothing, false),
    row(Narrow, "GET", "/console/audit.csv", "/console/audit.csv?actor={member}", Nothing, false),
    row(Own, "GET", "/_fn/audit/list", "/_fn/audit/list", Nothing, false),
    row(Narrow, "GET", "/_fn/audit/list", "/_fn/audit/list?actor={member}", Nothing, false),
    row(Own, "GET", "/console/api-keys", "/console/api-keys", Nothing, false),
    row(Own, "GET", "/_fn/api_key/list", "/_fn/api_key/list", Nothing, false),
    row(Own, "POST", "/_fn/api_key/create", "/_fn/api_key/create", Form("name=CRM&read=on&expires_in_days=1"), false),
    row(Mine, "POST", "/_fn/api_key/revoke", "/_fn/api_key/revoke", Form("id=00000000-0000-7000-8000-00000000abcd"), true),
    row(Own, "GET", "/console/ai", "/console/ai", Nothing, false),
    row(Own, "GET", "/_fn/ai/list", "/_fn/ai/list", Nothing, false),
    row(Own, "POST", "/_fn/ai/create", "/_fn/ai/create", Form("provider_name=other&base_url=http%3A%2F%2F127.0.0.1%3A9&api_key=sk-0123456789abcdef&model=m"), false),
    row(Object, "GET", "/console/ai/{id}", "/console/ai/{ai}", Nothing, false),
    row(Object, "GET", "/_fn/ai/get", "/_fn/ai/get?id={ai}", Nothing, false),
    row(Object, "POST", "/_fn/ai/update", "/_fn/ai/update", Form("id={ai}&provider_name=other&base_url=http%3A%2F%2F127.0.0.1%3A9&model=other"), false),
    row(Object, "POST", "/_fn/ai/test", "/_fn/ai/test", Form("id={ai}"), false),
    row(Object, "POST", "/_fn/ai/delete", "/_fn/ai/delete", Form("id={ai}"), true),
    row(Object, "POST", "/_fn/bot/set_ai", "/_fn/bot/set_ai", Form("id={bot}&api_key_id="), false),
    row(Own, "GET", "/console/webhooks", "/console/webhooks", Nothing, false),
    row(Own, "GET", "/_fn/webhook/list", "/_fn/webhook/list", Nothing, false),
    row(Own, "POST", "/_fn/webhook/create", "/_fn/webhook/create", Form("url=https%3A%2F%2Fhouse.invalid%2Fnew&credits_low=on"), false),
    row(Object, "GET", "/console/webhooks/{id}", "/console/webhooks/{webhook}", Nothing, false),
    row(Object, "GET", "/_fn/webhook/get", "/_fn/webhook/get?id={webhook}", Nothing, false),
    row(Object, "POST", "/_fn/webhook/update", "/_fn/webhook/update", Form("id={webhook}&url=https%3A%2F%2Fhouse.invalid%2Fhook&credits_low=on"), false),
    row(Object, "POST", "/_fn/webhook/switch", "/_fn/webhook/switch", Form("id={webhook}&active=yes"), false),
    row(Object, "POST", "/_fn/webhook/roll", "/_fn/webhook/roll", Form("id={webhook}"), false),
    row(Object, "POST", "/_fn/webhook/test", "/_fn/webhook/test", Form("id={webhook}"), false),
    row(Object, "POST", "/_fn/webhook/replay", "/_fn/webhook/replay", Form("id={webhook}&delivery={delivery}"), false),
    row(Object, "POST", "/_fn/webhook/delete", "/_fn/webhook/delete", Form("id={webhook}"), true),
    row(Own, "GET", "/console/search", "/console/search?q=a", Nothing, false),
    row(Own, "GET", "/console/brand-logo", "/console/brand-logo", Nothing, false),
    row(Own, "POST", "/_fn/brand/set", "/_fn/brand/set", File(&[("colour", "#0b3d3a")]), false),
    row(Object, "GET", "/console/bots/{id}", "/console/bots/{bot}", Nothing, false),
    row(Object, "GET", "/console/bots/{id}/setup/purpose", "/console/bots/{bot}/setup/purpose", Nothing, false),
    row(Object, "GET", "/console/bots/{id}/setup/voice", "/console/bots/{bot}/setup/voice", Nothing, false),
    row(Object, "GET", "/console/bots/{id}/setup/property", "/console/bots/{bot}/setup/property", Nothing, false),
    row(Object, "GET", "/console/bots/{id}/setup/knowledge", "/console/bots/{bot}/setup/knowledge", Nothing, false),
    row(Object, "GET", "/console/bots/{id}/setup/review", "/console/bots/{bot}/setup/review", Nothing, false),
    row(Object, "GET", "/console/properties/{id}", "/console/properties/{property}", Nothing, false),
    row(Object, "GET", "/console/knowledge/{id}", "/console/knowledge/{source}", Nothing, false),
    row(Object, "GET", "/console/codes/{id}", "/console/codes/{code}", Nothing, false),
    // Answered by a layer before the page of a code.
    row(Object, "GET", "/console/codes/{id}", "/console/codes/{code}.png?px=300", Nothing, false),
    row(Object, "GET", "/console/codes/{id}", "/console/codes/{code}.svg", Nothing, false),
    row(Object, "GET", "/console/conversations/{id}", "/console/conversations/{conversation}", Nothing, false),
    row(Object, "GET", "/console/preview/{bot}", "/console/preview/{bot}", Nothing, false),
    row(Object, "POST", "/console/preview/{bot}/ask", "/console/preview/{bot}/ask", Form("question=How+many+beds"), false),
    row(Object, "POST", "/_fn/source/upload", "/_fn/source/upload", File(&[("bot_id", "{bot}")]), false),
    row(Object, "POST", "/_fn/source/upload", "/_fn/source/upload", File(&[("bot_id", "{my_bot}"), ("property_id", "{property}")]), false),
    row(Own, "GET", "/_fn/auth/me", "/_fn/auth/me", Nothing, false),
    row(Open, "POST", "/_fn/auth/register", "/_fn/auth/register", Form("org_name=&first_name=&last_name=&email=&password="), false),
    row(Open, "POST", "/_fn/auth/sign_in", "/_fn/auth/sign_in", Form("next=&email=&password="), false),
    row(Open, "POST", "/_fn/auth/sign_out", "/_fn/auth/sign_out", Form(""), true),
    row(Own, "GET", "/_fn/bot/choices", "/_fn/bot/choices", Nothing, false),
    row(Own, "GET", "/_fn/bot/list", "/_fn/bot/list", Nothing, false),
    row(Object, "GET", "/_fn/bot/get", "/_fn/bot/get?id={bot}", Nothing, false),
    row(Object, "POST", "/_fn/bot/set_origins", "/_fn/bot/set_origins", Form("id={bot}&allowed_origins=https%3A%2F%2Fwww.example.com"), false),
    row(Object, "POST", "/_fn/bot/pause", "/_fn/bot/pause", Form("id={bot}"), false),
    row(Object, "POST", "/_fn/bot/publish", "/_fn/bot/publish", Form("id={bot}"), false),
    row(Object, "POST", "/_fn/bot/update", "/_fn/bot/update", Form("id={bot}&name=Elm&description=&greeting=Hello&tone=warm&disclaimer="), false),
    row(Object, "POST", "/_fn/bot/delete", "/_fn/bot/delete", Form("id={bot}"), true),
    row(Own, "GET", "/_fn/brand/get", "/_fn/brand/get", Nothing, false),
    row(Own, "GET", "/_fn/code/form", "/_fn/code/form", Nothing, false),
    row(Own, "GET", "/_fn/code/list", "/_fn/code/list", Nothing, false),
    row(Narrow, "GET", "/_fn/code/list", "/_fn/code/list?bot={bot}", Nothing, false),
    row(Object, "GET", "/_fn/code/get", "/_fn/code/get?id={code}", Nothing, false),
    row(Object, "POST", "/_fn/code/create", "/_fn/code/create", Form("bot_id={bot}&property_id=&label="), false),
    row(Object, "POST", "/_fn/code/create", "/_fn/code/create", Form("bot_id={my_bot}&property_id={property}&label="), false),
    row(Object, "POST", "/_fn/code/delete", "/_fn/code/delete", Form("id={code}"), true),
    row(Object, "GET", "/_fn/conversation/get", "/_fn/conversation/get?id={conversation}", Nothing, false),
    row(Own, "GET", "/_fn/conversation/list", "/_fn/conversation/list?unanswered=false", Nothing, false),
    row(Own, "GET", "/_fn/credits/balance", "/_fn/credits/balance", Nothing, false),
    row(Own, "GET", "/_fn/credits/purchases", "/_fn/credits/purchases", Nothing, false),
    row(Own, "GET", "/_fn/credits/transactions", "/_fn/credits/transactions", Nothing, false),
    row(Own, "GET", "/_fn/dashboard/get", "/_fn/dashboard/get", Nothing, false),
    row(Own, "GET", "/_fn/lead/list", "/_fn/lead/list", Nothing, false),
    row(Own, "GET", "/_fn/search", "/_fn/search?q=a", Nothing, false),
    row(Open, "POST", "/_fn/theme", "/_fn/theme", Form("theme=dark"), false),
    row(Own, "GET", "/_fn/property/choices", "/_fn/property/choices", Nothing, false),
    row(Own, "GET", "/_fn/property/list", "/_fn/property/list", Nothing, false),
    row(Object, "GET", "/_fn/property/get", "/_fn/property/get?id={property}", Nothing, false),
    row(Object, "POST", "/_fn/property/create", "/_fn/property/create", Form("bot_id={bot}&address=1+A+Street&city=B&state=IL&zip_code=62704"), false),
    row(Object, "POST", "/_fn/property/update", "/_fn/property/update", Form("id={property}&bot_id=&address=1+A+Street&city=B&state=IL&zip_code=62704"), false),
    row(Object, "POST", "/_fn/property/update", "/_fn/property/update", Form("id={my_property}&bot_id={bot}&address=1+A+Street&city=B&state=IL&zip_code=62704"), false),
    row(Object, "POST", "/_fn/property/delete", "/_fn/property/delete", Form("id={property}"), true),
    row(Own, "GET", "/_fn/source/form", "/_fn/source/form", Nothing, false),
    row(Own, "GET", "/_fn/source/list", "/_fn/source/list", Nothing, false),
    row(Narrow, "GET", "/_fn/source/list", "/_fn/source/list?bot={bot}", Nothing, false),
    row(Object, "GET", "/_fn/source/get", "/_fn/source/get?id={source}", Nothing, false),
    row(Object, "POST", "/_fn/source/add-text", "/_fn/source/add-text", Form("bot_id={bot}&property_id=&text_content=The+light+is+green"), false),
    row(Object, "POST", "/_fn/source/add-text", "/_fn/source/add-text", Form("bot_id={my_bot}&property_id={property}&text_content=The+light+is+green"), false),
    row(Object, "POST", "/_fn/source/add-url", "/_fn/source/add-url", Form("bot_id={bot}&property_id=&url=http%3A%2F%2F127.0.0.1%3A9%2F"), false),
    row(Object, "POST", "/_fn/source/remove", "/_fn/source/remove", Form("id={source}"), true),
    row(Object, "GET", "/_fn/wizard/get", "/_fn/wizard/get?id={bot}", Nothing, false),
    row(Own, "GET", "/_fn/wizard/start", "/_fn/wizard/start?fresh=true", Nothing, false),
    row(Object, "POST", "/_fn/wizard/purpose", "/_fn/wizard/purpose", Form("bot_id={bot}&key=k&name=Elm&description="), false),
    row(Object, "POST", "/_fn/wizard/voice", "/_fn/wizard/voice", Form("bot_id={bot}&greeting=Hello&tone=warm&disclaimer="), false),
    row(Object, "POST", "/_fn/wizard/property", "/_fn/wizard/property", Form("bot_id={bot}&property_id=&address=1+A+Street&city=B&state=IL&zip_code=62704"), false),
    row(Object, "POST", "/_fn/wizard/property", "/_fn/wizard/property", Form("bot_id={my_bot}&property_id={property}&address=1+A+Street&city=B&state=IL&zip_code=62704"), false),
    row(Object, "POST", "/_fn/wizard/publish", "/_fn/wizard/publish", Form("bot_id={bot}"), false),
    row(Object, "POST", "/_fn/wizard/remove-source", "/_fn/wizard/remove-source", Form("id={source}"), true),
];

/// What a row wants to do, where that is more than the daily work.
pub fn wish(row: &Row) -> Action {
    match (row.method, row.route) {
        ("POST", "/_fn/brand/set" | "/organizations/me/branding") | ("PUT", "/organizations/{id}/branding") => {
            Action::SetBrand
        }
        (_, "/audit" | "/console/audit" | "/console/audit.csv" | "/_fn/audit/list") => Action::SeeAudit,
        ("POST", "/_fn/support/grant" | "/_fn/support/withdraw") => Action::GrantSupport,
        (_, route)
            if ["/api_configurations", "/console/ai", "/_fn/ai/"]
                .iter()
                .any(|place| route.starts_with(place)) =>
        {
            Action::ManageAi
        }
        (_, route)
            if ["/webhooks", "/console/webhooks", "/_fn/webhook/"]
                .iter()
                .any(|place| route.starts_with(place)) =>
        {
            Action::ManageWebhooks
        }
        ("PUT", "/members/{id}")
        | ("DELETE", "/members/{id}/sessions")
        | (_, "/invitations" | "/invitations/{id}")
        | ("POST", "/_fn/people/invite" | "/_fn/people/change" | "/_fn/people/sign_out" | "/_fn/people/revoke") => {
            Action::ManagePeople
        }
        ("DELETE", "/leads/{id}") | ("POST", "/_fn/lead/erase" | "/_fn/privacy/set_retention") => Action::ErasePersonal,
        ("POST", "/credits/purchase") => Action::BuyCredits,
        (
            _,
            "/credits/purchases"
            | "/credits/purchases/{id}"
            | "/credits/transactions"
            | "/_fn/credits/purchases"
            | "/_fn/credits/transactions",
        ) => Action::SeeBilling,
        (_, "/exports/organization" | "/console/organization.zip") => Action::ExportAll,
        (_, "/api_keys" | "/console/api-keys" | "/_fn/api_key/list" | "/_fn/api_key/create") => Action::ManageKeys,
        ("GET", "/leads" | "/conversations" | "/conversations/{id}") => Action::SeeLeads,
        _ => Action::Work,
    }
}

/// Both tables as routes: method and path.
pub fn rows() -> BTreeSet<(String, String)> {
    let route = |prefix: &str, row: &Row| (row.method.to_owned(), format!("{prefix}{}", row.route));
    let api = ["/v1", "/api"]
        .into_iter()
        .flat_map(|prefix| API.iter().map(move |row| route(prefix, row)));
    api.chain(WEB.iter().map(|row| route("", row))).collect()
}

/// What the finished router holds, read from its `Debug` text: the only list that no route can be missing from. The
/// format is axum's; should it change, nothing is found and the tests say so.
pub fn routes(router: &Router) -> BTreeSet<(String, String)> {
    let text = format!("{router:?}");
    let text = text.split("fallback_router:").next().unwrap();
    let (handlers, paths) = text.split_once("paths: {").unwrap();
    // `RouteId(7): …`
    let numbered = |text: &'static str, of: &str| -> BTreeMap<String, String> {
        let parts = of.split(text).skip(1).map(|part| part.split_once("): ").unwrap());
        parts.map(|(id, rest)| (id.to_owned(), rest.to_owned())).collect()
    };
    let path_of = numbered("RouteId(", paths);
    let mut found = BTreeSet::new();
    for (id, handler) in numbered("RouteId(", handlers) {
        let path = path_of[&id].split('"').nth(1).unwrap();
        for method in ["get", "delete", "patch", "post", "put"] {
            let field = handler.split(&format!("{method}: ")).nth(1);
            if field.is_none_or(|field| !field.starts_with("None")) {
                found.insert((method.to_uppercase(), path.to_owned()));
            }
        }
    }
    found
}
