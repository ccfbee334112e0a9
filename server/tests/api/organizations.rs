//! One's own organization and its brand, in the shapes of both documents.

use axum::{
    Router,
    http::{StatusCode, header},
    routing::get,
};
use serde_json::json;

use crate::app::{Setup, Store, TestApp, on_both};

/// A picture server on a loopback port, and its address.
async fn pictures() -> (String, String) {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_pixel(64, 64, image::Rgba([200, 30, 30, 255]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let png = png.into_inner();
    let routes = Router::new()
        .route(
            "/logo.png",
            get(|| async { ([(header::CONTENT_TYPE, "image/png")], png) }),
        )
        .route("/logo.txt", get(|| async { "no picture" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (format!("http://{host}"), host)
}

async fn the_brand_is_read_and_changed(store: Store) {
    let (url, host) = pictures().await;
    let app = TestApp::with(Setup {
        store,
        config: Box::new(|config| config.fetch_allow = host),
        ..Setup::default()
    })
    .await;
    let (ana, ben) = (app.owner("ana").await, app.owner("ben").await);
    let own = ana.get("/v1/organizations/me").await.json();
    assert_eq!(own["org_name"], "Harbour Homes");
    assert_eq!(own["branding_config"]["logo_path"], json!(null));
    let path = format!("/v1/organizations/{}", own["organization_id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.json(), own);
    ben.get(&path).await.problem(StatusCode::NOT_FOUND);

    let change = json!({ "branding_config": { "primary_color": "#0B3D3A" } });
    let changed = ana.put(&format!("{path}/branding"), change.clone()).await.json();
    assert_eq!(changed["branding_config"]["primary_color"], "#0b3d3a");
    assert_eq!(changed["org_name"], "Harbour Homes");
    ben.put(&format!("{path}/branding"), change)
        .await
        .problem(StatusCode::NOT_FOUND);

    let change = json!({ "company_name": "Harbour & Hill", "logo_url": format!("{url}/logo.png") });
    let changed = ana.post("/v1/organizations/me/branding", change).await.json();
    assert_eq!(changed["org_name"], "Harbour & Hill");
    assert_eq!(changed["branding_config"]["primary_color"], "#0b3d3a");
    let logo = changed["branding_config"]["logo_path"].as_str().unwrap();
    let logo = app.visitor().get(logo).await;
    assert_eq!(logo.expect(StatusCode::OK).header("content-type"), "image/png");
    assert!(logo.bytes.starts_with(b"\x89PNG"));

    for (change, field) in [
        (json!({ "company_name": " " }), "company_name"),
        (json!({ "primary_color": "blue" }), "primary_color"),
        (json!({ "logo_url": format!("{url}/logo.txt") }), "logo_url"),
        (json!({ "logo_url": "http://10.0.0.1/logo.png" }), "logo_url"),
        (json!({ "custom_domain": "chat.example.com" }), "custom_domain"),
    ] {
        let refused = ana.post("/v1/organizations/me/branding", change.clone()).await;
        assert_eq!(refused.faulty(), [field], "{change}");
    }
    assert_eq!(ana.get("/v1/organizations/me").await.json(), changed);
    let noted = ana.get("/v1/audit?action=brand").await.json();
    assert_eq!(noted[0]["after"]["name"], "Harbour & Hill");
}
on_both!(the_brand_is_read_and_changed);
