//! Every route × every caller, on an owner's things: who is let in, who is not, and that each refusal is a refusal of
//! the caller and not of the request.

mod fuzz;
mod halfway;
mod keys;
mod methods;
mod repeated;
pub mod routes;
mod staff;
mod timing;
mod world;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use domain::tenancy::{Role, may};

use crate::app::{Answer, Store, TestApp, on_both};
use routes::{API, Kind, Row, WEB};
use world::World;
pub use world::joined;

/// A route that nobody thought of here fails the run, and so does a row whose route is gone.
#[tokio::test]
async fn every_route_has_a_row() {
    let app = TestApp::new().await;
    let (router, rows) = (routes::routes(&app.router), routes::rows());
    let without: BTreeSet<_> = router.difference(&rows).collect();
    assert!(without.is_empty(), "routes without a row: {without:#?}");
    let stale: BTreeSet<_> = rows.difference(&router).collect();
    assert!(stale.is_empty(), "rows without a route: {stale:#?}");
    assert!(router.len() > 100, "only {} routes were read", router.len());
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    /// Nobody in particular.
    Stranger,
    /// With a token that does not hold.
    Forger,
    /// The other organization's realtor, in a browser and by a program.
    OtherSession,
    OtherToken,
    /// The owner.
    OwnSession,
    OwnToken,
    /// Somebody else of the owner's organization.
    Colleague(Role),
}

const OUTSIDERS: [Actor; 4] = [Actor::Stranger, Actor::Forger, Actor::OtherSession, Actor::OtherToken];

/// What an answer is, whatever it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Given,
    /// Led back with a reason, or to the sign-in page.
    Refused,
}

fn verdict(answer: &Answer) -> Verdict {
    let to = answer.header("location");
    let led_away = to.starts_with("/sign-in?next=") || to == "/operator/sign-in";
    match answer.status.is_success() || (answer.status.is_redirection() && !led_away) {
        true => Verdict::Given,
        false => Verdict::Refused,
    }
}

/// Each role is let in where the one rule says so, and refused by it elsewhere.
async fn what_a_role_may(store: Store) {
    let app = TestApp::with(world::setup(store)).await;
    let mut world = World::new(&app).await;
    let roles = [Role::Admin, Role::Realtor];
    for role in roles {
        world.hire(role).await;
    }
    let api = API.iter().map(|row| ("/v1", row));
    let all = api.chain(WEB.iter().map(|row| ("", row)));
    let known = |row: &Row| !row.consumes && !matches!(row.kind, Kind::Open | Kind::Secret | Kind::Mine | Kind::Staff);
    let (mut let_in, mut refused, mut faults) = (0, 0, Vec::new());
    for (prefix, row) in all.filter(|(_, row)| known(row)) {
        for role in roles {
            let answer = world.ask(Actor::Colleague(role), prefix, row, false).await;
            let good = match may(role, routes::wish(row)) {
                true => {
                    let_in += 1;
                    verdict(&answer) == Verdict::Given
                }
                false => {
                    refused += 1;
                    answer.status == StatusCode::FORBIDDEN
                }
            };
            if !good {
                faults.push(format!(
                    "{} {prefix}{} by {role:?}: {}",
                    row.method, row.address, answer.status
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(let_in > 150 && refused >= 5, "{let_in} let in, {refused} refused");
}
async fn who_gets_what(store: Store) {
    let app = TestApp::with(world::setup(store)).await;
    let mut world = World::new(&app).await;
    let before = world.rows_of_ana().await;
    let (mut cells, mut denied) = (0, 0);
    let api = ["/v1", "/api"]
        .into_iter()
        .flat_map(|prefix| API.iter().map(move |row| (prefix, row)));
    let all: Vec<(&str, &Row)> = api.chain(WEB.iter().map(|row| ("", row))).collect();
    let mut faults = Vec::new();

    // First every refusal, so that afterwards nothing of the owner's may have changed.
    for (prefix, row) in all.iter().filter(|(_, row)| row.kind != Kind::Open) {
        for actor in OUTSIDERS {
            let inside = matches!(actor, Actor::OtherSession | Actor::OtherToken) && world.knows(actor, prefix, row);
            if inside && row.kind == Kind::Mine {
                continue;
            }
            let foreign = world.ask(actor, prefix, row, false).await;
            let missing = world.ask(actor, prefix, row, true).await;
            cells += 1;
            let name = format!("{} {prefix}{} by {actor:?}", row.method, row.address);
            if foreign.text().contains(world::CANARY) {
                faults.push(format!("{name}: shows what is the owner's"));
            }
            match (row.kind, inside) {
                (Kind::Own, true) => {
                    if verdict(&foreign) == Verdict::Refused && foreign.status != StatusCode::NOT_FOUND {
                        faults.push(format!("{name}: one's own is refused: {}", foreign.status));
                    }
                    continue;
                }
                (Kind::Narrow, true) => {}
                _ => {
                    denied += 1;
                    // A page of the console says that there is no such thing in the console's frame.
                    if verdict(&foreign) == Verdict::Given {
                        faults.push(format!("{name}: {}", foreign.status));
                    }
                }
            }
            if world.plain(&foreign) != world.plain(&missing) {
                faults.push(format!(
                    "{name}: not the answer to a missing one\n  {}\n  {}",
                    world.plain(&foreign),
                    world.plain(&missing)
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert_eq!(
        before,
        world.rows_of_ana().await,
        "the owner's rows after nothing but refusals"
    );
    assert_eq!(world.rows_that_name_ana().await, Vec::<String>::new());

    // Then each refusal's twin: the same request by the owner succeeds.
    let mut twins = 0;
    let (gentle, consuming): (Vec<_>, Vec<_>) = all.iter().partition(|(_, row)| !row.consumes);
    for (prefix, row) in gentle.into_iter().chain(consuming) {
        let actors = match row.kind {
            Kind::Mine | Kind::Staff => &[][..],
            Kind::Open => &[Actor::Stranger][..],
            Kind::Secret => &[Actor::OwnSession][..],
            _ if prefix.is_empty() => &[Actor::OwnSession][..],
            // Everything is made anew for each of these.
            _ if row.consumes && prefix == "/v1" => &[Actor::OwnToken][..],
            _ if row.consumes => &[Actor::OwnSession][..],
            _ => &[Actor::OwnSession, Actor::OwnToken][..],
        };
        for actor in actors {
            if row.consumes && row.kind != Kind::Open {
                world.furnish().await;
            }
            let answer = world.ask(*actor, prefix, row, false).await;
            twins += 1;
            // Open forms are sent empty here: to be told what is missing is to be let in.
            let let_in = match row.kind {
                Kind::Open => {
                    ![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&answer.status)
                        || row.address.contains("sign_in")
                        || row.address.contains("login")
                        || row.address.contains("refresh")
                        || row.address == "/operator/sign-in"
                }
                _ => verdict(&answer) == Verdict::Given,
            };
            if !let_in || answer.status.is_server_error() {
                faults.push(format!(
                    "{} {prefix}{} by {actor:?}: {} {}",
                    row.method,
                    row.address,
                    answer.status,
                    answer.header("location")
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    println!(
        "{} rows, {cells} cells of outsiders, {denied} refusals, {twins} twins",
        all.len()
    );
}
on_both!(who_gets_what, what_a_role_may);
