//! Settings: each is a flag and an environment variable, checked before anything is opened.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, anyhow, bail, ensure};
use chrono::TimeDelta;
use clap::{Args, ValueEnum};
use domain::credits::{Credits, PriceList};
use engine::{
    Config,
    config::{Mode, OidcConfig, ProviderConfig, StripeConfig, VerifierConfig},
};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

use crate::state::Web;

/// The shortest secret that tokens are signed with, in bytes.
const SECRET_MIN: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModeName {
    Demo,
    Production,
}

fn long_enough(secret: SecretString, name: &str) -> anyhow::Result<SecretString> {
    let long = secret.expose_secret().len() >= SECRET_MIN;
    ensure!(long, "{name}: must be at least {SECRET_MIN} bytes long");
    Ok(secret)
}

/// Texts that may hold a secret are taken as they are: a message about them never repeats them.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Where to listen
    #[arg(long, env = "PORCHLIGHT_ADDR", default_value = "127.0.0.1:3000", global = true)]
    pub addr: SocketAddr,
    /// The store: sqlite:PATH or postgres://… [default: a SQLite file in the data folder]
    #[arg(long, env = "PORCHLIGHT_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// PostgreSQL only: the role that owns the tables, as postgres://USER@HOST/NAME; the server brings the schema up to date
    /// as this role and does everything else as the one of PORCHLIGHT_DATABASE_URL; needed in production [default: that one
    /// owns them]
    #[arg(long, env = "PORCHLIGHT_DATABASE_OWNER_URL", hide_env_values = true, global = true)]
    pub database_owner_url: Option<String>,
    /// Where files, and the SQLite store, are kept
    #[arg(long, env = "PORCHLIGHT_DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,
    /// `demo` makes a demo organization and answers registrations at once; `production` does neither
    #[arg(long, env = "PORCHLIGHT_MODE", default_value = "demo", global = true)]
    pub mode: ModeName,
    /// Where people reach this server; codes lead there [default: http:// and the address listened on]
    #[arg(long, env = "PORCHLIGHT_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// The built files of the browser's half [default: `site` beside the folder of this program]
    #[arg(long, env = "PORCHLIGHT_SITE_DIR", global = true)]
    pub site_dir: Option<PathBuf>,
    /// Pages may be read from these hosts although they are not public, as host:port,host:port
    #[arg(long, env = "PORCHLIGHT_FETCH_ALLOW", default_value = "", global = true)]
    pub fetch_allow: String,
    /// An OpenAI-compatible endpoint that answers, such as https://host/v1 [default: the built-in engine answers]
    #[arg(long, env = "PORCHLIGHT_PROVIDER_BASE_URL", global = true)]
    pub provider_base_url: Option<String>,
    /// The key for it
    #[arg(long, env = "PORCHLIGHT_PROVIDER_KEY", hide_env_values = true, global = true)]
    pub provider_key: Option<String>,
    /// The model to ask for
    #[arg(long, env = "PORCHLIGHT_PROVIDER_MODEL", global = true)]
    pub provider_model: Option<String>,
    /// Signs access tokens, at least 32 bytes; needed in production. To change it, put the new one in front of the old one with
    /// a comma, and take the old one out an hour later [default: made once, kept in the data folder]
    #[arg(long, env = "PORCHLIGHT_TOKEN_SECRET", hide_env_values = true, global = true)]
    pub token_secret: Option<String>,
    /// Wraps the keys that secrets are kept under, at least 32 bytes; needed in production. To change it, put the new one in
    /// front of the old one with a comma, run `porchlight rotate-keys`, take the old one out [default: made once, kept in the
    /// data folder]
    #[arg(long, env = "PORCHLIGHT_ENCRYPTION_KEY", hide_env_values = true, global = true)]
    pub encryption_key: Option<String>,
    /// Whether everybody signs in with a second factor [default: true in production]
    #[arg(long, env = "PORCHLIGHT_REQUIRE_MFA", global = true)]
    pub require_mfa: Option<bool>,
    /// Lets people sign in by an OpenID Connect provider as well: its issuer, such as https://id.example [default: none]
    #[arg(long, env = "PORCHLIGHT_OIDC_ISSUER", global = true)]
    pub oidc_issuer: Option<String>,
    /// What this server is called there
    #[arg(long, env = "PORCHLIGHT_OIDC_CLIENT_ID", global = true)]
    pub oidc_client_id: Option<String>,
    /// Its secret there
    #[arg(long, env = "PORCHLIGHT_OIDC_CLIENT_SECRET", hide_env_values = true, global = true)]
    pub oidc_client_secret: Option<String>,
    /// What people call the provider: the button says "Sign in with" and this
    #[arg(long, env = "PORCHLIGHT_OIDC_NAME", default_value = "single sign-on", global = true)]
    pub oidc_name: String,
    /// Whether a second factor that the provider has asked for (`amr` says `mfa`) counts as ours
    #[arg(long, env = "PORCHLIGHT_OIDC_TRUST_MFA", global = true, default_value_t = false, action = clap::ArgAction::Set)]
    pub oidc_trust_mfa: bool,
    /// Whether bots are published for realtors with a verified licence only [default: true in production]
    #[arg(long, env = "PORCHLIGHT_REQUIRE_LICENCE", global = true)]
    pub require_licence: Option<bool>,
    /// A service that is asked whether a licence holds, such as https://host/licences [default: operators decide]
    #[arg(long, env = "PORCHLIGHT_LICENCE_VERIFIER_URL", global = true)]
    pub licence_verifier_url: Option<String>,
    /// Sent to it as a bearer token
    #[arg(long, env = "PORCHLIGHT_LICENCE_VERIFIER_KEY", hide_env_values = true, global = true)]
    pub licence_verifier_key: Option<String>,
    /// Days after which a verified licence is asked for again
    #[arg(long, env = "PORCHLIGHT_LICENCE_CHECK_DAYS", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=3650), global = true)]
    pub licence_check_days: u32,
    /// Minutes after which a session that is not used is over
    #[arg(long, env = "PORCHLIGHT_SESSION_IDLE_MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=60 * 24 * 30), global = true)]
    pub session_idle_minutes: u32,
    /// Hours after which a session is over, however much it is used
    #[arg(long, env = "PORCHLIGHT_SESSION_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=24 * 90), global = true)]
    pub session_hours: u32,
    /// A mail server, such as smtps://user:password@host or smtp://user:password@host:587?tls=required [default: letters become
    /// files in the data folder]
    #[arg(long, env = "PORCHLIGHT_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<String>,
    /// Whom letters come from, as Name <address>; needed with a mail server
    #[arg(long, env = "PORCHLIGHT_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// What `backup` encrypts archives with and `restore` reads them with, at least 32 bytes [default: not encrypted]
    #[arg(long, env = "PORCHLIGHT_BACKUP_KEY", hide_env_values = true, global = true)]
    pub backup_key: Option<String>,
    /// A MaxMind city database (.mmdb), for the coarse place of a scan
    #[arg(long, env = "PORCHLIGHT_GEOIP", global = true)]
    pub geoip: Option<PathBuf>,
    /// Credits for making a bot
    #[arg(long, env = "PORCHLIGHT_PRICE_BOT", default_value = "10", value_parser = credits, global = true)]
    pub price_bot: Credits,
    /// Credits for reading a source
    #[arg(long, env = "PORCHLIGHT_PRICE_SOURCE", default_value = "5", value_parser = credits, global = true)]
    pub price_source: Credits,
    /// Credits for an AI reply
    #[arg(long, env = "PORCHLIGHT_PRICE_REPLY", default_value = "1", value_parser = credits, global = true)]
    pub price_reply: Credits,
    /// Credits for a counted scan
    #[arg(long, env = "PORCHLIGHT_PRICE_SCAN", default_value = "1", value_parser = credits, global = true)]
    pub price_scan: Credits,
    /// Credits that a new organization starts with
    #[arg(long, env = "PORCHLIGHT_GRANT", default_value = "1000", value_parser = credits, global = true)]
    pub grant: Credits,
    /// What a credit is bought for, in US cents
    #[arg(long, env = "PORCHLIGHT_CREDIT_CENTS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100_000), global = true)]
    pub credit_cents: u32,
    /// Stripe's secret key, with which credits are sold [default: credits cannot be bought]
    #[arg(long, env = "PORCHLIGHT_STRIPE_SECRET_KEY", hide_env_values = true, global = true)]
    pub stripe_secret_key: Option<String>,
    /// The secret by which events of Stripe, sent to /hooks/stripe, are known to be its own; needed with the key
    #[arg(
        long,
        env = "PORCHLIGHT_STRIPE_WEBHOOK_SECRET",
        hide_env_values = true,
        global = true
    )]
    pub stripe_webhook_secret: Option<String>,
    /// Where Stripe is reached
    #[arg(
        long,
        env = "PORCHLIGHT_STRIPE_API",
        default_value = "https://api.stripe.com",
        global = true
    )]
    pub stripe_api: String,
    /// Credits below which an organization's webhooks are told that they run low
    #[arg(long, env = "PORCHLIGHT_CREDITS_LOW", default_value = "50", value_parser = credits, global = true)]
    pub credits_low: Credits,
    /// The proxies in front of this server, whose X-Forwarded-For is believed, as addresses or networks: 10.0.0.5,fd00::/8
    #[arg(long, env = "PORCHLIGHT_TRUSTED_PROXIES", default_value = "", value_parser = networks, global = true)]
    pub trusted_proxies: Networks,
    /// Questions a minute from one address; 0 for no limit
    #[arg(long, env = "PORCHLIGHT_CHAT_PER_MINUTE", default_value_t = 60, global = true)]
    pub chat_per_minute: u32,
    /// Sign-ins and registrations a minute from one address; 0 for no limit
    #[arg(long, env = "PORCHLIGHT_LOGIN_PER_MINUTE", default_value_t = 30, global = true)]
    pub login_per_minute: u32,
    /// Requests of the API a minute with one API key, or by one member without one; 0 for no limit
    #[arg(long, env = "PORCHLIGHT_API_PER_MINUTE", default_value_t = 600, global = true)]
    pub api_per_minute: u32,
    /// Requests of the API a minute by one organization; 0 for no limit
    #[arg(
        long,
        env = "PORCHLIGHT_API_PER_MINUTE_ORGANIZATION",
        default_value_t = 3_000,
        global = true
    )]
    pub api_per_minute_organization: u32,
    /// What is logged: error, warn, info, debug, trace, also by part, as info,sqlx=warn
    #[arg(long, env = "PORCHLIGHT_LOG", default_value = "info", global = true)]
    pub log: String,
}

/// `10`, `0.5`: at most three decimals, exact.
fn credits(text: &str) -> Result<Credits, String> {
    let bad = || "give a number of credits, such as 10 or 0.5".to_owned();
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 3 {
        return Err(bad());
    }
    let whole: i64 = whole.parse().map_err(|_| bad())?;
    let part: i64 = format!("{part:0<3}").parse().map_err(|_| bad())?;
    let milli = whole.checked_mul(1000).and_then(|milli| milli.checked_add(part));
    milli
        .filter(|milli| *milli <= 1_000_000_000_000_000)
        .map(Credits::milli)
        .ok_or_else(bad)
}

/// Networks of addresses.
#[derive(Clone, Debug, Default)]
pub struct Networks(Vec<IpNet>);

/// Addresses and networks, divided by commas.
fn networks(text: &str) -> Result<Networks, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let network = |part: &str| match part.parse::<IpAddr>() {
        Ok(address) => Ok(IpNet::from(address)),
        Err(_) => part.parse::<IpNet>(),
    };
    let read = |part: &str| {
        network(part)
            .map_err(|_| format!("{part:?} is neither an address, such as 10.0.0.5, nor a network, such as fd00::/8"))
    };
    parts.map(read).collect::<Result<_, _>>().map(Networks)
}

impl Settings {
    /// Checks what belongs together, and makes the data folder.
    pub fn config(&self) -> anyhow::Result<Config> {
        std::fs::create_dir_all(&self.data_dir).with_context(|| {
            format!(
                "PORCHLIGHT_DATA_DIR: the folder {} cannot be made",
                self.data_dir.display()
            )
        })?;
        Ok(Config {
            mode: match self.mode {
                ModeName::Demo => Mode::Demo,
                ModeName::Production => Mode::Production,
            },
            database_url: self.database_url()?,
            database_owner_url: self.database_owner_url()?,
            data_dir: self.data_dir.clone(),
            public_url: self.public_url()?,
            prices: PriceList {
                version: 1,
                bot: self.price_bot,
                source: self.price_source,
                reply: self.price_reply,
                scan: self.price_scan,
                registration_grant: self.grant,
                credit_cents: self.credit_cents,
            },
            credits_low: self.credits_low,
            stripe: self.stripe()?,
            fetch_allow: self.fetch_allow.clone(),
            provider: self.provider()?,
            token_secrets: self.secrets(self.token_secret.as_deref(), "PORCHLIGHT_TOKEN_SECRET", "token_secret")?,
            encryption_keys: self.secrets(
                self.encryption_key.as_deref(),
                "PORCHLIGHT_ENCRYPTION_KEY",
                "encryption_key",
            )?,
            require_factor: self.require_mfa.unwrap_or(self.mode == ModeName::Production),
            oidc: self.oidc()?,
            require_licence: self.require_licence.unwrap_or(self.mode == ModeName::Production),
            licence_verifier: self.licence_verifier()?,
            licence_check_every: TimeDelta::days(self.licence_check_days.into()),
            session_idle: TimeDelta::minutes(self.session_idle_minutes.into()),
            session_life: TimeDelta::hours(self.session_hours.into()),
            smtp_url: self.smtp_url()?,
            mail_from: self.mail_from.clone().filter(|from| !from.trim().is_empty()),
            geoip: self.geoip()?,
            program: std::env::current_exe().context("this program's own path cannot be told")?,
        })
    }

    pub fn web(&self) -> Web {
        Web {
            trusted_proxies: self.trusted_proxies.0.clone(),
            chat_per_minute: self.chat_per_minute,
            login_per_minute: self.login_per_minute,
            api_per_minute: self.api_per_minute,
            api_per_minute_organization: self.api_per_minute_organization,
        }
    }

    /// In production nothing of anybody's goes over a network for others to read: an address must be one of TLS, or lead to
    /// this machine itself.
    fn must_be_private(&self, name: &str, url: &str) -> anyhow::Result<()> {
        let known = url::Url::parse(url).map_err(|error| anyhow!("{name}: this is no address: {error}"))?;
        let is_tls = match known.scheme() {
            "smtp" => known
                .query_pairs()
                .any(|(name, value)| name == "tls" && value == "required"),
            scheme => matches!(scheme, "https" | "smtps"),
        };
        let host = known.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        ensure!(
            is_tls || is_here || self.mode == ModeName::Demo,
            "{name}: in production give an address with TLS (https://, smtps://, or smtp:// with ?tls=required), unless it is on \
             this machine itself"
        );
        Ok(())
    }

    /// `sqlite:path` or `postgres://…`.
    pub fn database_url(&self) -> anyhow::Result<String> {
        let Some(url) = self.database_url.as_deref().filter(|url| !url.is_empty()) else {
            return Ok(format!("sqlite:{}", self.data_dir.join("porchlight.db").display()));
        };
        let known = ["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|start| url.starts_with(start));
        ensure!(
            known,
            "PORCHLIGHT_DATABASE_URL: give sqlite:PATH or postgres://USER@HOST/NAME"
        );
        Ok(url.to_owned())
    }

    fn database_owner_url(&self) -> anyhow::Result<Option<SecretString>> {
        let postgres = |url: &str| url.starts_with("postgres://") || url.starts_with("postgresql://");
        let Some(owner) = self.database_owner_url.as_deref().filter(|url| !url.is_empty()) else {
            ensure!(
                self.mode == ModeName::Demo || !postgres(&self.database_url()?),
                "PORCHLIGHT_DATABASE_OWNER_URL: needed in production with PostgreSQL: two roles, one that owns the tables and one, in \
                 PORCHLIGHT_DATABASE_URL, that owns nothing"
            );
            return Ok(None);
        };
        ensure!(
            postgres(owner) && postgres(&self.database_url()?),
            "PORCHLIGHT_DATABASE_OWNER_URL: give postgres://USER@HOST/NAME, of the database in PORCHLIGHT_DATABASE_URL"
        );
        Ok(Some(owner.to_owned().into()))
    }

    fn public_url(&self) -> anyhow::Result<String> {
        let Some(url) = self.public_url.as_deref().filter(|url| !url.is_empty()) else {
            let url = format!("http://{}", self.addr);
            self.must_be_private("PORCHLIGHT_PUBLIC_URL", &url)?;
            return Ok(url);
        };
        let url = url.trim_end_matches('/');
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let good = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
        ensure!(
            good,
            "PORCHLIGHT_PUBLIC_URL: give http:// or https:// and a host, without a path"
        );
        self.must_be_private("PORCHLIGHT_PUBLIC_URL", url)?;
        Ok(url.to_owned())
    }

    fn provider(&self) -> anyhow::Result<Option<ProviderConfig>> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
        let Some(url) = given(&self.provider_base_url) else {
            ensure!(
                given(&self.provider_key).is_none() && given(&self.provider_model).is_none(),
                "PORCHLIGHT_PROVIDER_BASE_URL: needed where a provider's key or model is set"
            );
            return Ok(None);
        };
        let url = url.trim_end_matches('/').to_owned();
        let good = url.starts_with("https://") || url.starts_with("http://");
        ensure!(
            good,
            "PORCHLIGHT_PROVIDER_BASE_URL: give the address of an endpoint, such as https://host/v1"
        );
        self.must_be_private("PORCHLIGHT_PROVIDER_BASE_URL", &url)?;
        let model =
            given(&self.provider_model).ok_or_else(|| anyhow!("PORCHLIGHT_PROVIDER_MODEL: name the model to ask"))?;
        // A model on one's own machine often wants no key.
        let api_key = SecretString::from(given(&self.provider_key).unwrap_or_default());
        Ok(Some(ProviderConfig {
            base_url: url,
            api_key,
            model,
        }))
    }

    fn oidc(&self) -> anyhow::Result<Option<OidcConfig>> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
        let (client_id, secret) = (given(&self.oidc_client_id), given(&self.oidc_client_secret));
        let Some(issuer) = given(&self.oidc_issuer) else {
            let alone = client_id.is_some() || secret.is_some();
            ensure!(!alone, "PORCHLIGHT_OIDC_ISSUER: needed where a client for it is set");
            return Ok(None);
        };
        let local = ["http://127.0.0.1:", "http://localhost:"];
        let good = issuer.starts_with("https://") || local.iter().any(|local| issuer.starts_with(local));
        ensure!(
            good,
            "PORCHLIGHT_OIDC_ISSUER: give the https:// address that the provider calls itself, such as https://id.example"
        );
        Ok(Some(OidcConfig {
            issuer,
            client_id: client_id.context("PORCHLIGHT_OIDC_CLIENT_ID: needed with a provider")?,
            client_secret: secret.map(SecretString::from),
            name: self.oidc_name.clone(),
            trusts_factor: self.oidc_trust_mfa,
        }))
    }

    fn licence_verifier(&self) -> anyhow::Result<Option<VerifierConfig>> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
        let key = given(&self.licence_verifier_key).map(SecretString::from);
        let Some(url) = given(&self.licence_verifier_url) else {
            ensure!(
                key.is_none(),
                "PORCHLIGHT_LICENCE_VERIFIER_URL: needed where a key for it is set"
            );
            return Ok(None);
        };
        let good = url.starts_with("https://") || url.starts_with("http://");
        ensure!(
            good,
            "PORCHLIGHT_LICENCE_VERIFIER_URL: give the address of a service, such as https://host/licences"
        );
        self.must_be_private("PORCHLIGHT_LICENCE_VERIFIER_URL", &url)?;
        Ok(Some(VerifierConfig { url, key }))
    }

    fn stripe(&self) -> anyhow::Result<Option<StripeConfig>> {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
        let secret = given(&self.stripe_webhook_secret).map(SecretString::from);
        let (key, webhook_secret) = match (given(&self.stripe_secret_key), secret) {
            (None, None) => return Ok(None),
            (Some(key), Some(secret)) => (SecretString::from(key), secret),
            _ => bail!("PORCHLIGHT_STRIPE_SECRET_KEY and PORCHLIGHT_STRIPE_WEBHOOK_SECRET: give both, or neither"),
        };
        let api = self.stripe_api.trim_end_matches('/');
        // One on this machine itself, as in tests, is not spoken to over a network.
        let good = api.starts_with("https://") || api.starts_with("http://127.0.0.1:");
        ensure!(good, "PORCHLIGHT_STRIPE_API: give an address that begins with https://");
        Ok(Some(StripeConfig {
            api: api.to_owned(),
            key,
            webhook_secret,
        }))
    }

    /// Secrets divided by commas, the newest first; a demo makes one and keeps it in a file of the data folder.
    fn secrets(&self, given: Option<&str>, name: &str, file: &str) -> anyhow::Result<Vec<SecretString>> {
        let given = given.unwrap_or_default().split(',').map(str::trim);
        let secrets: Vec<SecretString> = given
            .filter(|secret| !secret.is_empty())
            .map(SecretString::from)
            .collect();
        let secrets = match secrets.is_empty() {
            false => secrets,
            true if self.mode == ModeName::Production => bail!(
                "{name}: needed in production, at least {SECRET_MIN} random bytes; \
                 one way to make it: openssl rand -base64 48"
            ),
            true => vec![kept_secret(&self.data_dir.join(file)).with_context(|| name.to_owned())?],
        };
        secrets.into_iter().map(|secret| long_enough(secret, name)).collect()
    }

    fn smtp_url(&self) -> anyhow::Result<Option<SecretString>> {
        let Some(url) = self.smtp_url.as_deref().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let good = url.starts_with("smtp://") || url.starts_with("smtps://");
        ensure!(
            good,
            "PORCHLIGHT_SMTP_URL: give smtps://user:password@host, or smtp:// with ?tls=required"
        );
        self.must_be_private("PORCHLIGHT_SMTP_URL", url)?;
        let from = self.mail_from.as_deref().is_some_and(|from| !from.trim().is_empty());
        ensure!(
            from,
            "PORCHLIGHT_MAIL_FROM: needed with a mail server, as Name <address>"
        );
        Ok(Some(SecretString::from(url)))
    }

    /// What archives are encrypted with.
    pub fn backup_key(&self) -> anyhow::Result<Option<SecretString>> {
        let given = self.backup_key.as_deref().filter(|key| !key.is_empty());
        given
            .map(|key| long_enough(SecretString::from(key), "PORCHLIGHT_BACKUP_KEY"))
            .transpose()
    }

    fn geoip(&self) -> anyhow::Result<Option<PathBuf>> {
        let Some(path) = self.geoip.clone().filter(|path| !path.as_os_str().is_empty()) else {
            return Ok(None);
        };
        ensure!(path.is_file(), "PORCHLIGHT_GEOIP: there is no file {}", path.display());
        Ok(Some(path))
    }

    /// The site's files. A program under `target/release` finds them in `target/site`, an installed one in `site`
    /// beside itself.
    pub fn site_dir(&self) -> anyhow::Result<PathBuf> {
        if let Some(given) = self.site_dir.clone().filter(|path| !path.as_os_str().is_empty()) {
            ensure!(
                given.is_dir(),
                "PORCHLIGHT_SITE_DIR: there is no folder {}",
                given.display()
            );
            return Ok(given);
        }
        let program = std::env::current_exe().context("this program's own path cannot be told")?;
        Ok(site_beside(&program))
    }

    pub fn log_filter(&self) -> anyhow::Result<tracing_subscriber::EnvFilter> {
        tracing_subscriber::EnvFilter::from_str(&self.log)
            .map_err(|_| anyhow!("PORCHLIGHT_LOG: give a level, such as info, or a filter, such as info,sqlx=warn"))
    }
}

fn site_beside(program: &Path) -> PathBuf {
    let folders = program.ancestors().skip(1).take(3).map(|folder| folder.join("site"));
    let candidates: Vec<PathBuf> = folders.collect();
    let found = candidates
        .iter()
        .find(|site| site.join("pkg").is_dir())
        .or_else(|| candidates.get(1));
    found.cloned().unwrap_or_else(|| "site".into())
}

/// The secret in a file that only its owner can read; made when there is none.
fn kept_secret(path: &Path) -> anyhow::Result<SecretString> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    match std::fs::read_to_string(path) {
        Ok(secret) => return Ok(SecretString::from(secret.trim())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
    // Two random UUIDs carry 244 random bits.
    let secret = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
    let open = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let written = open.and_then(|mut file| file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()));
    written.with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(SecretString::from(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_are_read_exactly() {
        assert_eq!(credits("10"), Ok(Credits::milli(10_000)));
        assert_eq!(credits("0.5"), Ok(Credits::milli(500)));
        assert_eq!(credits("1.025"), Ok(Credits::milli(1_025)));
        assert_eq!(credits("0"), Ok(Credits::ZERO));
        for bad in ["", "-1", "1e3", ".5", "1.0005", "ten", "99999999999999999999", "1.-5"] {
            assert!(credits(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_site_is_found_from_any_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("target/site/pkg")).unwrap();
        let site = folder.path().join("target/site");
        assert_eq!(site_beside(&folder.path().join("target/release/porchlight")), site);
        assert_eq!(site_beside(&folder.path().join("target/debug/deps/api-123")), site);
    }

    #[test]
    fn a_made_secret_is_kept_to_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token_secret");
        let first = kept_secret(&path).unwrap();
        assert!(first.expose_secret().len() >= SECRET_MIN);
        assert_eq!(kept_secret(&path).unwrap().expose_secret(), first.expose_secret());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
