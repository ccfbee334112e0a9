//! How long what buyers said and left is kept, and all data of the organization in one file.

use leptos::{prelude::*, server_fn::ServerFn};

use super::parts::saved_note;
use crate::{
    checks::Check,
    fns::privacy::{PrivacyView, SetRetention, get_privacy},
    ui::{Card, Field, Form, Glyph, LinkButton, PageHead, Submit, load, shown},
};

#[component]
pub fn PrivacyPage() -> impl IntoView {
    let privacy = load(|| (), |()| get_privacy());
    view! {
        <PageHead title="Privacy" lead="How long buyers' words are kept, and your data to take along."/>
        {saved_note()}
        {shown(privacy, page)}
    }
    .into_any()
}

fn page(privacy: PrivacyView) -> AnyView {
    let export = privacy.may_export.then(|| {
        view! {
            <Card title="All your data">
                <p>"A ZIP of JSON files: people, bots, properties, knowledge, codes, conversations, leads, credits, the audit log."</p>
                <p><LinkButton href="/console/organization.zip" icon=Glyph::Download external=true>"Export everything"</LinkButton></p>
            </Card>
        }
    });
    view! {
        <div class="halves">
            <Card title="How long it is kept">{kept(privacy)}</Card>
            {export}
        </div>
    }
    .into_any()
}

fn kept(privacy: PrivacyView) -> AnyView {
    let kept = privacy.kept;
    if !privacy.may_change {
        let said = |days: &str| match days {
            "" => "until somebody erases them".to_owned(),
            days => format!("{days} days"),
        };
        return view! {
            <p>"Conversations are kept "{said(&kept.conversation_days)}", leads "{said(&kept.lead_days)}"."</p>
            <p class="muted">"The owner or an admin of your organization can change this."</p>
        }
        .into_any();
    }
    view! {
        <p class="muted">"What is older is erased every day. What was counted, and what credits were spent on, stays."</p>
        <Form to=SetRetention::PATH check=Check::Retention>
            <Field name="conversation_days" label="Conversations, in days" value=kept.conversation_days inputmode="numeric" optional=true
                hint="From the last question on. Empty keeps them."/>
            <Field name="lead_days" label="Leads, in days" value=kept.lead_days inputmode="numeric" optional=true hint="Empty keeps them."/>
            <Submit>"Save"</Submit>
        </Form>
    }
    .into_any()
}
