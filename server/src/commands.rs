//! What the program does for each of its commands.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{io::Write, process::ExitCode};

use anyhow::{Context, anyhow};
use engine::{
    Clock, Config, Engine,
    backup::{self, Place},
    config::Mode,
    ledger, operator,
};
use leptos::config::LeptosOptions;
use tokio::net::TcpListener;

use crate::{
    State,
    api::document,
    cli::{Cli, Command, Operator, Verify},
    demo::{self, Demo},
    eval,
    serve::{serve, told_to_stop},
    settings::Settings,
    verify,
};

/// Reads the command line and does as it says.
pub fn main() -> ExitCode {
    let cli = Cli::read();
    // The child process that reads a document: nothing else of this program is awake in it.
    if let Some(Command::ExtractDocument { kind }) = &cli.command {
        return engine::training::document::child_main(kind);
    }
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("porchlight: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Some(Command::Eval { what }) => {
            println!("{}", eval::run(what)?);
            return Ok(ExitCode::SUCCESS);
        }
        Some(Command::Openapi) => {
            std::io::stdout().write_all(document::json())?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let settings = cli.settings;
    tracing_subscriber::fmt()
        .with_env_filter(settings.log_filter()?)
        .with_writer(std::io::stderr)
        .init();
    let command = cli.command.unwrap_or(Command::Serve);
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    // These two open no store, and make none.
    if let Command::Backup { .. } | Command::Restore { .. } = &command {
        let place = Place {
            data_dir: settings.data_dir.clone(),
            database_url: settings.database_url()?,
            key: settings.backup_key()?,
        };
        return runtime.block_on(keep(&command, &place)).map(|()| ExitCode::SUCCESS);
    }
    let config = settings.config()?;
    // Others may have chosen already; which one does not matter.
    let _ = rustls::crypto::ring::default_provider().install_default();
    runtime.block_on(async {
        match command {
            Command::Serve => listen(&settings, config).await?,
            Command::Demo => make_demo(config).await?,
            Command::Migrate => migrate(config).await?,
            Command::RotateKeys => rotate_keys(config).await?,
            Command::Operator { what } => staff(&what, config).await?,
            Command::Doctor => doctor(&settings, config).await?,
            Command::Verify { what } => return check(&what, config).await,
            Command::Eval { .. }
            | Command::Openapi
            | Command::ExtractDocument { .. }
            | Command::Backup { .. }
            | Command::Restore { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Backup and restore.
async fn keep(command: &Command, place: &Place) -> anyhow::Result<()> {
    let (done, manifest) = match command {
        Command::Backup { file, files_only } => {
            let made = backup::backup(place, file, *files_only, &Clock::system()).await;
            ("Backed up", made.map_err(|error| anyhow!("{error}"))?)
        }
        Command::Restore { file, force } => {
            let put_back = backup::restore(place, file, *force, &Clock::system()).await;
            ("Restored", put_back.map_err(|error| anyhow!("{error}"))?)
        }
        _ => return Ok(()),
    };
    let bytes: u64 = manifest.entries.iter().map(|entry| entry.bytes).sum();
    let what = if manifest.database {
        "the database and"
    } else {
        "no database,"
    };
    let files = manifest.entries.len() - usize::from(manifest.database);
    println!(
        "{done} {what} {files} files, {bytes} bytes, as of {}",
        manifest.made_at.to_rfc3339()
    );
    Ok(())
}

async fn open(config: Config) -> anyhow::Result<Engine> {
    let geoip = config.geoip.is_some();
    Engine::open(config, Clock::system())
        .await
        .map_err(|error| match error {
            engine::Error::Db(error) => anyhow!("PORCHLIGHT_DATABASE_URL: the store cannot be opened: {error}"),
            engine::Error::Io { .. } => anyhow!("PORCHLIGHT_DATA_DIR: {error}"),
            other if geoip => anyhow!("PORCHLIGHT_GEOIP or PORCHLIGHT_FETCH_ALLOW: {other}"),
            other => anyhow!("PORCHLIGHT_FETCH_ALLOW or PORCHLIGHT_PROVIDER_BASE_URL: {other}"),
        })
}

async fn listen(settings: &Settings, config: Config) -> anyhow::Result<()> {
    let site = settings.site_dir()?;
    let listener = TcpListener::bind(settings.addr).await;
    let listener = listener.with_context(|| format!("PORCHLIGHT_ADDR: {} cannot be listened on", settings.addr))?;
    let engine = open(config).await?;
    engine
        .start()
        .await
        .map_err(|error| anyhow!("the store cannot be worked on: {error}"))?;
    if !site.join("pkg").is_dir() {
        tracing::warn!(
            "There is no built site in {}; pages come without scripts and styles",
            site.display()
        );
    }
    let leptos = LeptosOptions::builder()
        .output_name("porchlight")
        .site_root(site.display().to_string())
        .site_addr(settings.addr)
        .build();
    println!("Porchlight is listening on {}", engine.config().public_url);
    if engine.config().mode == Mode::Production && engine.config().smtp_url.is_none() {
        tracing::warn!(
            "PORCHLIGHT_SMTP_URL is not set: letters, without which nobody confirms an address, stay in the data folder"
        );
    }
    if engine.config().mode == Mode::Demo {
        if !settings.addr.ip().is_loopback() {
            tracing::warn!("This is a demo with a known password, and it can be reached from other machines");
        }
        tokio::spawn(show_demo(engine.clone()));
    }
    serve(State::new(engine, leptos, settings.web()), listener, told_to_stop())
        .await
        .context("serving")
}

async fn show_demo(engine: Engine) {
    match demo::seed(&engine).await {
        Ok(demo) => print_demo(&demo),
        Err(error) => tracing::error!(%error, "The demo could not be made: {error}"),
    }
}

fn print_demo(demo: &Demo) {
    println!("  Sign in      {}", demo.sign_in);
    println!("               {}  with the password  {}", demo::EMAIL, demo::PASSWORD);
    let Some(code) = &demo.code else { return };
    println!("  The porch    {}", code.porch);
    println!("  Its code     {}  (says {})", code.picture.display(), code.says);
}

async fn make_demo(config: Config) -> anyhow::Result<()> {
    let engine = open(config).await?;
    engine
        .start()
        .await
        .map_err(|error| anyhow!("the store cannot be worked on: {error}"))?;
    let demo = demo::seed(&engine)
        .await
        .map_err(|error| anyhow!("the demo could not be made: {error}"));
    engine.stop().await;
    print_demo(&demo?);
    Ok(())
}

async fn rotate_keys(config: Config) -> anyhow::Result<()> {
    let engine = open(config).await?;
    let wrapped = engine::vault::rotate(&engine)
        .await
        .map_err(|error| anyhow!("PORCHLIGHT_ENCRYPTION_KEY: {error}"));
    engine.stop().await;
    println!(
        "{} keys were wrapped with the newest key; all others were already",
        wrapped?
    );
    Ok(())
}

/// Adds and removes operators.
async fn staff(what: &Operator, config: Config) -> anyhow::Result<()> {
    let engine = open(config).await?;
    let told = match what {
        Operator::Add { email } => operator::add(&engine, email)
            .await
            .map(|link| format!("Open this page once, within 24 hours, with an authenticator app at hand:\n\n{link}")),
        Operator::Remove { email } => {
            let removed = operator::remove(&engine, email).await;
            removed.map(|()| format!("{email} is no operator any more."))
        }
    };
    engine.stop().await;
    println!("{}", told.map_err(|error| anyhow!("{}", error.into_fault()))?);
    Ok(())
}

async fn migrate(config: Config) -> anyhow::Result<()> {
    // Opening a store brings its schema up to date.
    let engine = open(config).await?;
    println!("The store is up to date.");
    engine.stop().await;
    Ok(())
}

/// Ends with 1 where something is not as it was written.
async fn check(what: &Verify, config: Config) -> anyhow::Result<ExitCode> {
    let engine = open(config).await?;
    let found = verify::run(what, &engine).await;
    engine.stop().await;
    let (told, is_well) = found?;
    println!("{told}");
    Ok(ExitCode::from(u8::from(!is_well)))
}

async fn doctor(settings: &Settings, config: Config) -> anyhow::Result<()> {
    let site = settings.site_dir()?;
    let provider = config
        .provider
        .as_ref()
        .map(|provider| format!("{} at {}", provider.model, provider.base_url));
    let engine = open(config).await?;
    let config = engine.config();
    let oldest = engine::db::SQLITE_OLDEST.map(|part| part.to_string()).join(".");
    let totals = ledger::totals(&engine)
        .await
        .map_err(|error| anyhow!("the ledger cannot be read: {error}"))?;
    println!("Porchlight     {}", env!("CARGO_PKG_VERSION"));
    println!("Mode           {:?}", config.mode);
    println!("Store          {engine:?}, opened and up to date (a SQLite older than {oldest} is refused)");
    println!("Writable       {}", if engine.is_ready().await { "yes" } else { "NO" });
    println!(
        "Ledger         difference {}, drifted {}, pending holds {}",
        totals.difference, totals.drifted, totals.pending_holds
    );
    println!("Data folder    {}", config.data_dir.display());
    println!("Address        {} as {}", settings.addr, config.public_url);
    println!(
        "Site           {} ({})",
        site.display(),
        if site.join("pkg").is_dir() {
            "built"
        } else {
            "NOT built"
        }
    );
    println!("Answers        {}", provider.as_deref().unwrap_or("built-in engine"));
    println!(
        "Places         {}",
        config
            .geoip
            .as_ref()
            .map_or("not noted".into(), |path| path.display().to_string())
    );
    engine.stop().await;
    anyhow::ensure!(
        totals.difference == 0 && totals.drifted == 0,
        "the ledger does not add up; restore a backup"
    );
    Ok(())
}
