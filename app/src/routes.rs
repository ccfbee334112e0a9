//! Which address shows which page.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    any_nested_route::IntoAnyNestedRoute,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    layout::ConsoleLayout,
    pages::{
        NotFound,
        auth::{
            AwayPage, CallbackPage, CodePage, ConfirmEmailPage, FactorPage, ForgottenPage, InvitationPage,
            RegisterPage, ResetPage, SignInPage,
        },
        console::{
            DashboardPage, SearchPage, ai, api_keys, audit, bots, brand, codes, conversations, credits, leads, licence,
            people, privacy, properties, security, sources, webhooks, wizard,
        },
        mail::MailPage,
        marketing::LandingPage,
    },
};

/// The pages. Each is made on the server and sent whole; its islands are brought to life in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{title} · Porchlight")/>
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=LandingPage/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async/>
                <AccountRoutes/>
                <Route path=path!("/invitation/:token") view=InvitationPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("/console") view=ConsoleLayout ssr=SsrMode::Async>
                    <Route path=path!("") view=DashboardPage/>
                    <PlaceRoutes/>
                    <WizardRoutes/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

#[component(transparent)]
fn AccountRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/sign-in/code") view=CodePage ssr=SsrMode::Async/>
        <Route path=path!("/sign-in/factor") view=FactorPage ssr=SsrMode::Async/>
        <Route path=path!("/sign-in/away") view=AwayPage ssr=SsrMode::Async/>
        <Route path=path!("/sign-in/callback") view=CallbackPage ssr=SsrMode::Async/>
        <Route path=path!("/mail") view=MailPage ssr=SsrMode::Async/>
        <Route path=path!("/forgotten") view=ForgottenPage ssr=SsrMode::Async/>
        <Route path=path!("/reset/:token") view=ResetPage ssr=SsrMode::Async/>
        <Route path=path!("/confirm-email/:token") view=ConfirmEmailPage ssr=SsrMode::Async/>
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn PlaceRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("bots") view=bots::BotsPage/>
        <Route path=path!("properties") view=properties::PropertiesPage/>
        // Also the form for a new one, at `properties/new`.
        <Route path=path!("properties/:id") view=properties::PropertyPage/>
        <Route path=path!("knowledge") view=sources::KnowledgePage/>
        <Route path=path!("knowledge/:id") view=sources::SourcePage/>
        <Route path=path!("codes") view=codes::CodesPage/>
        <Route path=path!("codes/:id") view=codes::CodePage/>
        <Route path=path!("conversations") view=conversations::ConversationsPage/>
        <Route path=path!("conversations/:id") view=conversations::ConversationPage/>
        <Route path=path!("leads") view=leads::LeadsPage/>
        <Route path=path!("credits") view=credits::CreditsPage/>
        <Route path=path!("brand") view=brand::BrandPage/>
        <Route path=path!("people") view=people::PeoplePage/>
        <Route path=path!("privacy") view=privacy::PrivacyPage/>
        <Route path=path!("audit") view=audit::AuditPage/>
        <Route path=path!("api-keys") view=api_keys::ApiKeysPage/>
        <Route path=path!("ai") view=ai::AiKeysPage/>
        <Route path=path!("ai/:id") view=ai::AiKeyPage/>
        <Route path=path!("webhooks") view=webhooks::WebhooksPage/>
        <Route path=path!("webhooks/:id") view=webhooks::WebhookPage/>
        <Route path=path!("search") view=SearchPage/>
        <Route path=path!("licence") view=licence::LicencePage/>
        <Route path=path!("security") view=security::SecurityPage/>
        <Route path=path!("security/factor") view=security::EnrolPage/>
        <Route path=path!("confirm") view=security::ConfirmPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

#[component(transparent)]
fn WizardRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        // Before `bots/:id`, which would take it for a bot's id.
        <Route path=path!("bots/new") view=wizard::NewBotPage/>
        <Route path=path!("bots/:id") view=bots::BotPage/>
        <Route path=path!("bots/:id/setup/purpose") view=wizard::PurposePage/>
        <Route path=path!("bots/:id/setup/voice") view=wizard::VoicePage/>
        <Route path=path!("bots/:id/setup/property") view=wizard::PropertyPage/>
        <Route path=path!("bots/:id/setup/knowledge") view=wizard::KnowledgePage/>
        <Route path=path!("bots/:id/setup/review") view=wizard::ReviewPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
