//! What a buyer left of themselves, open or as it is kept.

use domain::{id::LeadId, lead::CheckedLead};

use crate::{
    Error,
    vault::{Keys, Place},
};

pub(super) struct Contact {
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) message: String,
}

const NAME: &str = "lead.name";
const EMAIL: &str = "lead.email";
const PHONE: &str = "lead.phone";
const MESSAGE: &str = "lead.message";

const fn at(lead: LeadId, column: &'static str) -> Place {
    Place {
        column,
        row: lead.uuid(),
    }
}

impl From<CheckedLead> for Contact {
    fn from(form: CheckedLead) -> Self {
        Self {
            name: form.name,
            email: form.email.map(|email| email.as_str().to_owned()),
            phone: form.phone.map(|phone| phone.as_str().to_owned()),
            message: form.message,
        }
    }
}

impl Contact {
    fn each(self, change: impl Fn(&'static str, &str) -> Result<String, Error>) -> Result<Self, Error> {
        Ok(Self {
            name: change(NAME, &self.name)?,
            email: self.email.map(|email| change(EMAIL, &email)).transpose()?,
            phone: self.phone.map(|phone| change(PHONE, &phone)).transpose()?,
            message: change(MESSAGE, &self.message)?,
        })
    }

    /// As it is kept in the row of this lead.
    pub(super) fn seal(self, keys: &Keys, lead: LeadId) -> Result<Self, Error> {
        self.each(|column, text| keys.seal_text(at(lead, column), text))
    }

    pub(super) fn open(self, keys: &Keys, lead: LeadId) -> Result<Self, Error> {
        self.each(|column, kept| keys.open_text(at(lead, column), kept))
    }
}
