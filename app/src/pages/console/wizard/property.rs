//! Third step: the property. What is typed here outranks everything that is read from pages and files.

use domain::listing::{PropertyForm, PropertyStatus};
use leptos::{prelude::*, server_fn::ServerFn};

use super::frame::{Below, framed};
use crate::{
    checks::Check,
    fns::wizard::{SaveProperty, Setup, step},
    ui::{Field, Form, SelectField, Submit},
};

#[component]
pub fn PropertyPage() -> impl IntoView {
    framed(
        2,
        "The property",
        "What you type here is what the bot states, before anything it reads elsewhere.",
        form,
    )
}

fn form(setup: Setup) -> AnyView {
    let hidden = vec![("bot_id", setup.id.clone()), ("property_id", setup.property_id.clone())];
    let skip = setup.property_id.is_empty().then(|| {
        view! { <a class="btn" href=step(&setup.id, "knowledge")>"Skip: general enquiries"</a> }
    });
    view! {
        <Form to=SaveProperty::PATH hidden check=Check::Property>
            {property_fields(setup.property)}
            <Below id=setup.id back="voice"><Submit>"Save and go on"</Submit>{skip}</Below>
        </Form>
    }
    .into_any()
}

/// Every field of a [`PropertyForm`], for any form that has one.
pub fn property_fields(p: PropertyForm) -> AnyView {
    view! { {place(&p)}{figures(&p)}{words(&p)} }.into_any()
}

fn place(p: &PropertyForm) -> AnyView {
    view! {
        <fieldset>
            <legend>"Where it is"</legend>
            <Field name="address" label="Street address" value=p.address.clone() max=200 autocomplete="street-address"/>
            <div class="triple">
                <Field name="city" label="City" value=p.city.clone() max=100/>
                <Field name="state" label="State" value=p.state.clone() max=50/>
                <Field name="zip_code" label="ZIP" value=p.zip_code.clone() max=20/>
            </div>
            <Field name="listing_url" label="Address of the listing page" value=p.listing_url.clone() kind="url" optional=true
                placeholder="https://"/>
        </fieldset>
    }
    .into_any()
}

fn figures(p: &PropertyForm) -> AnyView {
    let status = PropertyStatus::ALL
        .map(|status| (status.as_str().to_owned(), status.label().to_owned()))
        .to_vec();
    let decimal = "decimal";
    view! {
        <fieldset>
            <legend>"In figures"</legend>
            <div class="triple">
                <Field name="price" label="Price, $" value=p.price.clone() inputmode=decimal optional=true/>
                <SelectField name="status" label="Status" choices=status value=p.status.clone()/>
                <Field name="property_type" label="Type" value=p.property_type.clone() max=60 optional=true placeholder="House"/>
            </div>
            <div class="triple">
                <Field name="bedrooms" label="Bedrooms" value=p.bedrooms.clone() inputmode=decimal optional=true/>
                <Field name="bathrooms" label="Bathrooms" value=p.bathrooms.clone() inputmode=decimal optional=true/>
                <Field name="square_feet" label="Size, sq ft" value=p.square_feet.clone() inputmode=decimal optional=true/>
            </div>
            <div class="triple">
                <Field name="year_built" label="Year built" value=p.year_built.clone() inputmode="numeric" optional=true/>
                <Field name="hoa_fee" label="HOA, $/month" value=p.hoa_fee.clone() inputmode=decimal optional=true/>
                <Field name="taxes" label="Taxes, $/year" value=p.taxes.clone() inputmode=decimal optional=true/>
            </div>
        </fieldset>
    }
    .into_any()
}

fn words(p: &PropertyForm) -> AnyView {
    view! {
        <fieldset>
            <legend>"In words"</legend>
            <Field name="features" label="Features" value=p.features.clone() rows=4 optional=true hint="One a line, such as “New roof 2023”."/>
            <Field name="description" label="Description" value=p.description.clone() rows=5 max=5000 optional=true/>
        </fieldset>
    }
    .into_any()
}
