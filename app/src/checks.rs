//! The browser's half of the forms' checks: the rules of `domain`, the same that the server applies.

use domain::{
    Fault,
    account::Registration,
    bot::{ConversationConfig, PurposeForm, VoiceForm},
    brand::check_colour,
    licence::LicenceForm,
    listing::PropertyForm,
    operator::GrantForm,
    privacy::RetentionForm,
    qr::CodeForm,
    security::{PasswordForm, ResetForm},
    tenancy::{InviteForm, JoinForm},
    training::{check_description, check_file, check_text, check_url},
};
use serde::{Deserialize, Serialize};

use crate::{typed, ui::Typed};

/// The name under which a chosen file's size is noted beside its name. Not sent.
pub const BYTES: &str = "file-bytes";

/// What a form is checked as before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Check {
    Registration,
    Purpose,
    Voice,
    /// Purpose and voice in one form.
    Settings,
    Property,
    Code,
    Url,
    File,
    Text,
    Brand,
    Invite,
    Join,
    Reset,
    Password,
    Retention,
    Licence,
    Grant,
}

impl Check {
    pub fn run(self, typed: &Typed) -> Result<(), Fault> {
        match self {
            Self::Registration => {
                let form = typed!(typed => Registration {
                    org_name, first_name, last_name, email, password, license_number, license_state,
                });
                form.check().map(drop)
            }
            Self::Purpose => typed!(typed => PurposeForm { name, description }).check().map(drop),
            Self::Voice => typed!(typed => VoiceForm { greeting, tone, disclaimer })
                .check(&ConversationConfig::default())
                .map(drop),
            Self::Settings => both(Self::Purpose.run(typed), Self::Voice.run(typed)),
            Self::Property => {
                let form = typed!(typed => PropertyForm {
                    address, city, state, zip_code, listing_url, status, property_type, price, bedrooms, bathrooms,
                    square_feet, year_built, hoa_fee, taxes, features, description,
                });
                form.check().map(drop)
            }
            Self::Code => {
                let form = typed!(typed => CodeForm { bot_id, property_id, label, foreground, background, with_logo });
                form.check().map(drop)
            }
            Self::Url => check_url(typed.get("url").unwrap_or_default()).map(drop),
            Self::File => both(
                check_file("file", typed.get("file").unwrap_or_default(), bytes(typed)),
                check_description(typed.get("description").unwrap_or_default()).map(drop),
            ),
            Self::Brand => {
                check_colour(typed.get("colour").unwrap_or_default())?;
                match typed.get("logo").unwrap_or_default() {
                    "" => Ok(()),
                    logo => check_file("logo", logo, bytes(typed)),
                }
            }
            Self::Invite => typed!(typed => InviteForm { email, role }).check().map(drop),
            // The server knows the address, too, which is no password.
            Self::Join => typed!(typed => JoinForm { first_name, last_name, password })
                .check("")
                .map(drop),
            Self::Reset => typed!(typed => ResetForm { password }).check(""),
            Self::Password => typed!(typed => PasswordForm { current_password, password }).check(""),
            Self::Retention => typed!(typed => RetentionForm { conversation_days, lead_days })
                .check()
                .map(drop),
            Self::Licence => typed!(typed => LicenceForm { state, number, kind }).check().map(drop),
            Self::Grant => typed!(typed => GrantForm { reason, minutes }).check().map(drop),
            Self::Text => check_text(typed.get("text_content").unwrap_or_default()).map(drop),
        }
    }
}

fn bytes(typed: &Typed) -> u64 {
    typed
        .get(BYTES)
        .and_then(|bytes| bytes.parse().ok())
        .unwrap_or_default()
}

/// The faults of two halves of a form as one.
fn both(one: Result<(), Fault>, other: Result<(), Fault>) -> Result<(), Fault> {
    let faults = [one.err(), other.err()].into_iter().flatten();
    let fields: Vec<_> = faults.flat_map(|fault| fault.fields).collect();
    match fields.as_slice() {
        [] => Ok(()),
        [one] => Err(Fault::field(&one.field, one.message.clone())),
        many => Err(Fault {
            fields: many.to_vec(),
            ..Fault::invalid(format!("{} fields need a change.", many.len()))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_of_the_settings_are_checked() {
        let typed = |pairs: &[(&str, &str)]| {
            Typed(
                pairs
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
            )
        };
        let good = typed(&[
            ("name", "Elm"),
            ("description", ""),
            ("greeting", "Hello"),
            ("tone", "warm"),
            ("disclaimer", ""),
        ]);
        assert_eq!(Check::Purpose.run(&good), Ok(()));
        let fault = Check::Settings.run(&typed(&[("tone", "loud")])).unwrap_err();
        assert!(
            fault.for_field("name").is_some() && fault.for_field("tone").is_some(),
            "{fault:?}"
        );
    }
}
