//! Requests to a larum under test.

use serde_json::Value;

/// Sends a body; status and text of the answer.
pub(crate) async fn post(address: &str, path: &str, body: &str) -> (u16, String) {
    let request = client().post(format!("http://{address}{path}"));
    let request = request
        .header("content-type", "application/json")
        .body(body.to_owned());
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Posts one alert of this name, critical.
pub(crate) async fn fire(address: &str, name: &str) {
    let labels = serde_json::json!({ "alertname": name, "severity": "critical" });
    let alerts = serde_json::json!([{ "labels": labels }]).to_string();
    assert_eq!(
        post(address, "/api/v2/alerts", &alerts).await,
        (200, String::new())
    );
}

/// The text of a page.
pub(crate) async fn get(address: &str, path: &str) -> String {
    let request = client().get(format!("http://{address}{path}"));
    request.send().await.unwrap().text().await.unwrap()
}

/// A page in JSON.
pub(crate) async fn get_json(address: &str, path: &str) -> Value {
    serde_json::from_str(&get(address, path).await).unwrap()
}

fn client() -> reqwest::Client {
    // The tests speak plain HTTP, but the client wants to know how it would encrypt.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    reqwest::Client::new()
}
