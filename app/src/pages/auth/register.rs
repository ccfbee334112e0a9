use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    checks::Check,
    fns::auth::Register,
    layout::PlainLayout,
    ui::{Field, Form, Submit},
};

#[component]
pub fn RegisterPage() -> impl IntoView {
    view! {
        <PlainLayout title="Open an account" lead="You start with credits for your first bot, what it reads and hundreds of answers.">
            <Form to=Register::PATH check=Check::Registration>
                <Field name="org_name" label="Your agency or your own name" autocomplete="organization" max=100 hint="Buyers see this on every page."/>
                <div class="pair">
                    <Field name="first_name" label="First name" autocomplete="given-name" max=50/>
                    <Field name="last_name" label="Last name" autocomplete="family-name" max=50/>
                </div>
                <Field name="email" label="Email" kind="email" autocomplete="username" max=254/>
                <Field name="password" label="Password" kind="password" autocomplete="new-password" hint="Long beats complicated: a short sentence works well."/>
                <div class="pair">
                    <Field name="license_number" label="Licence number" optional=true max=40/>
                    <Field name="license_state" label="State" optional=true max=40/>
                </div>
                <Submit>"Open account"</Submit>
            </Form>
            <p class="muted">"Have an account? "<a href="/sign-in">"Sign in"</a></p>
        </PlainLayout>
    }
    .into_any()
}
