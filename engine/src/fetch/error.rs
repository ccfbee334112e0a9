use thiserror::Error;

/// Why a page was not fetched. What it displays is for the realtor; `detail` is for our logs only.
///
/// Everything that could tell a stranger what stands inside our network (a private address, a closed port, a filter, a
/// time-out, an unknown name) reads the same.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FetchError {
    /// The text is not an address that we fetch; the reason ends the sentence.
    #[error("This address cannot be used: {0}.")]
    BadAddress(&'static str),
    #[error("We could not open this page. Check the address in your browser, or paste the page's text instead.")]
    Unreachable { detail: String },
    #[error("There is no page at this address any more. Check the address in your browser.")]
    NotFound,
    /// 401, 403, 429 and the like.
    #[error("The site does not let us read this page (it answered {status}). Paste its text or upload it instead.")]
    Refused { status: u16 },
    #[error("The site has a problem of its own (it answered {status}). Try again later.")]
    SiteFault { status: u16 },
    #[error("The site asks robots not to read this page. Paste its text or upload it instead.")]
    Robots,
    #[error("This page is larger than we read. Paste the part that matters instead.")]
    TooLarge { detail: String },
    #[error("This address holds something other than a page of text. Give a web page, or upload the file.")]
    NotAPage { detail: String },
    #[error("This address leads from one page to the next without an end. Give the address of the last page.")]
    Redirects,
    #[error("The page leads from a secure address to an insecure one, which we do not follow.")]
    Downgrade,
    #[error("The page broke off while it was loading. Try again in a minute.")]
    CutOff { detail: String },
}

impl FetchError {
    pub(super) fn unreachable(detail: impl Into<String>) -> Self {
        Self::Unreachable { detail: detail.into() }
    }

    pub(super) fn not_a_page(detail: impl Into<String>) -> Self {
        Self::NotAPage { detail: detail.into() }
    }

    /// What really happened. Never to be shown to anybody but the operator.
    pub fn detail(&self) -> String {
        match self {
            Self::Unreachable { detail }
            | Self::TooLarge { detail }
            | Self::NotAPage { detail }
            | Self::CutOff { detail } => detail.clone(),
            Self::BadAddress(reason) => (*reason).to_owned(),
            other => format!("{other:?}"),
        }
    }
}
