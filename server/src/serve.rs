//! Listening, and ending in order.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use axum::serve::ListenerExt;
use tokio::{
    net::TcpListener,
    time::{Instant, sleep, timeout_at},
};

use crate::{router, state::State};

/// How long new connections are still taken after readiness has fallen, so that whoever spreads the load sees it.
const NOTICE: Duration = Duration::from_millis(500);
/// From the signal to the end of the process.
const AT_MOST: Duration = Duration::from_millis(9_500);
/// Of that, what is left for settling what is in flight.
const SETTLING: Duration = Duration::from_millis(2_500);

/// Serves until `stop`, then ends in order: readiness falls and streams of answers close, so that their readers come
/// back elsewhere; no more connections are taken; requests in flight are finished; the engine settles and closes.
pub async fn serve(
    state: State,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let engine = state.engine.clone();
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    // Without this the kernel holds small packets back, and the first words of an answer with them.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::warn!(%error, "A connection could not be told to send at once");
        }
    });
    let stopping = engine.stopping().clone();
    let told = stopping.clone();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.await;
        tracing::info!("Stopping: no more work is taken, what is in flight is finished");
        told.cancel();
        sleep(NOTICE).await;
    });
    let overdue = async {
        stopping.cancelled().await;
        sleep(AT_MOST - SETTLING).await;
    };
    let served = tokio::select! {
        served = server.into_future() => served,
        () = overdue => {
            tracing::warn!("Some connections did not end; they are cut off");
            Ok(())
        }
    };
    let end = Instant::now() + SETTLING;
    if timeout_at(end, engine.stop()).await.is_err() {
        tracing::warn!("Some work could not be settled in time; the next start takes it up");
    }
    tracing::info!("Stopped");
    served
}

/// Waits for SIGTERM or Ctrl-C. A second one ends the process at once.
pub async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    // Listened to once and for all: a second signal that follows at the heels of the first is not lost.
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    let mut one = async move || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    one().await;
    tokio::spawn(async move {
        one().await;
        std::process::exit(130);
    });
}
