//! Every route that takes a key of the caller's own, asked twice with one.

use crate::app::{Store, TestApp, held::operations, on_both};

use super::{
    routes::{API, Kind},
    world::{self, World},
};

/// The second time under the API's other prefix, which leads to the same.
async fn every_route_with_a_key_is_carried_out_once(store: Store) {
    let app = TestApp::with(world::setup(store)).await;
    let world = World::new(&app).await;
    let keyed = operations().into_iter().filter(|operation| {
        let parameters = operation.said["parameters"].as_array().into_iter().flatten();
        parameters.clone().any(|known| known["name"] == "Idempotency-Key") && operation.id() != "logout"
    });
    let mut tried = 0;
    for operation in keyed {
        let route = operation.path.strip_prefix("/v1").unwrap();
        let rows = API.iter().filter(|row| row.method == "POST" && row.route == route);
        let rows: Vec<_> = rows.filter(|row| row.kind != Kind::Mine).collect();
        assert!(!rows.is_empty(), "{route} has no row");
        for (number, row) in rows.into_iter().enumerate() {
            let client = world.ana.clone().with("idempotency-key", &format!("{route}-{number}"));
            let first = world.ask_as(&client, &world.hers, "/v1", row, false).await;
            assert!(first.status.is_success(), "{} {}", row.address, first.text());
            assert_eq!(first.header("idempotency-replayed"), "");
            let second = world.ask_as(&client, &world.hers, "/api", row, false).await;
            assert_eq!(
                (second.status, &second.bytes),
                (first.status, &first.bytes),
                "{}",
                row.address
            );
            assert_eq!(second.header("idempotency-replayed"), "true", "{}", row.address);
            tried += 1;
        }
    }
    assert!(tried >= 14, "{tried} routes");
}

on_both!(every_route_with_a_key_is_carried_out_once);
