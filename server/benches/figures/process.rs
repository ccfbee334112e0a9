//! The server under measurement: a process of its own, and what it costs.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Ends the process when dropped.
pub struct Server {
    program: PathBuf,
    child: Child,
    pub address: SocketAddr,
    pub folder: TempDir,
    settings: Vec<(&'static str, String)>,
    /// From starting the program to the first answer of `/readyz`.
    pub ready: Duration,
}

impl Server {
    /// Starts Porchlight on an empty folder, with these settings beside those of every measurement.
    pub async fn start(settings: &[(&'static str, String)]) -> Self {
        Self::start_as(env!("CARGO_BIN_EXE_porchlight").into(), settings).await
    }

    /// Starts any program that listens where it is told, and answers `/readyz`.
    pub async fn start_as(program: PathBuf, settings: &[(&'static str, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::start_in(program, folder, settings.to_vec()).await
    }

    async fn start_in(program: PathBuf, folder: TempDir, settings: Vec<(&'static str, String)>) -> Self {
        let address = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a free port");
        let began = Instant::now();
        let child = Command::new(&program)
            .arg("serve")
            .current_dir(folder.path())
            .env_clear()
            .env("PORCHLIGHT_ADDR", address.to_string())
            .env("PORCHLIGHT_DATA_DIR", folder.path().join("data"))
            .env("PORCHLIGHT_SITE_DIR", site())
            .env("PORCHLIGHT_LOG", "warn")
            // Visitors come from many addresses, as they do behind a proxy.
            .env("PORCHLIGHT_TRUSTED_PROXIES", "127.0.0.1")
            .env("PORCHLIGHT_GRANT", "100000000")
            // One realtor asks for all of it.
            .env("PORCHLIGHT_API_PER_MINUTE", "0")
            .env("PORCHLIGHT_API_PER_MINUTE_ORGANIZATION", "0")
            .envs(settings.iter().map(|(name, value)| (*name, value.as_str())))
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut server = Self {
            program,
            child,
            address,
            folder,
            settings,
            ready: Duration::ZERO,
        };
        while !server.is_ready().await {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "the server did not become ready"
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        server.ready = began.elapsed();
        server
    }

    /// The same data under a new process.
    pub async fn again(mut self) -> Self {
        self.stop();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"));
        let settings = std::mem::take(&mut self.settings);
        let program = std::mem::take(&mut self.program);
        drop(self);
        Self::start_in(program, folder, settings).await
    }

    async fn is_ready(&self) -> bool {
        match super::load::Client::connect(self.address).await {
            Ok(mut client) => client.get("/readyz").await.is_ok_and(|reply| reply.status == 200),
            Err(_) => false,
        }
    }

    /// CPU time of the process so far, in milliseconds; the kernel counts in steps of ten.
    pub fn cpu_ms(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("the process lives");
        // The second field, the name, may hold anything; the fields after it are numbers.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: f64 = fields[11..13].iter().map(|f| f.parse::<f64>().expect("a number")).sum();
        ticks * 10.0
    }

    /// Proportional set size in MB: what the process keeps in memory at rest, shared pages by their share.
    pub async fn memory_mb(&self) -> f64 {
        // What was freed goes back to the system within seconds, not at once.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let rollup =
            std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).expect("the process lives");
        let line = rollup.lines().find(|l| l.starts_with("Pss:")).expect("a sum");
        let kb: f64 = line
            .split_whitespace()
            .nth(1)
            .and_then(|n| n.parse().ok())
            .expect("a number");
        kb / 1024.0
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The built site, beside the folder that the program was built into.
pub fn site() -> std::path::PathBuf {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_porchlight"));
    program.ancestors().nth(2).expect("a target folder").join("site")
}
