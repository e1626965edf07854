//! Another configuration while the server runs.

use std::fs;

use serde_json::json;

use crate::server::{CONFIG, Server};

async fn receivers(server: &Server) -> Vec<String> {
    let receivers = server.json("/api/v2/receivers").await;
    let names = receivers
        .as_array()
        .unwrap()
        .iter()
        .map(|receiver| receiver["name"].as_str());
    names.map(|name| name.unwrap().to_owned()).collect()
}

async fn metric(server: &Server, name: &str) -> String {
    let metrics = server.get("/metrics").await.body;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    line.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_one_comes_into_force_and_alerts_stay() {
    let server = Server::start(CONFIG).await;
    let posted = r#"[{"labels":{"alertname":"A","team":"db"}}]"#;
    assert_eq!(server.post("/api/v2/alerts", posted).await.status, 200);

    let changed = CONFIG
        .replace("team=\"web\"", "team=\"db\"")
        .replace("web", "databases");
    fs::write(server.config_file(), changed).unwrap();
    let answer = server.post("/-/reload", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));

    assert_eq!(receivers(&server).await, ["ops", "pager", "databases"]);
    let alerts = server.json("/api/v2/alerts").await;
    assert_eq!(alerts[0]["receivers"], json!([{"name": "databases"}]));
    assert_eq!(
        metric(&server, "alertmanager_config_last_reload_successful").await,
        "1"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_one_is_explained_and_the_old_one_stays() {
    let server = Server::start(CONFIG).await;
    let check = async |config: &str, needle: &str| {
        fs::write(server.config_file(), config).unwrap();
        let answer = server.post("/-/reload", "").await;
        assert_eq!(answer.status, 500);
        assert!(
            answer.body.starts_with("failed to reload config: "),
            "{}",
            answer.body
        );
        assert!(answer.body.contains(needle), "{}", answer.body);
        assert_eq!(receivers(&server).await, ["ops", "pager", "web"]);
        assert_eq!(
            metric(&server, "alertmanager_config_last_reload_successful").await,
            "0"
        );
    };
    check("", "route").await;
    check(
        "route: {receiver: nobody}\nreceivers: [{name: ops}]\n",
        "nobody",
    )
    .await;
    check(&format!("{CONFIG}rule_files: [rules.yml]\n"), "rule_files").await;
    check(&CONFIG.replace("group_by", "group_bye"), "group_by").await;

    fs::write(server.config_file(), CONFIG).unwrap();
    assert_eq!(server.post("/-/reload", "").await.status, 200);
    assert_eq!(
        metric(&server, "alertmanager_config_last_reload_successful").await,
        "1"
    );

    fs::remove_file(server.config_file()).unwrap();
    let answer = server.post("/-/reload", "").await;
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("alertmanager.yml"), "{}", answer.body);
    server.stop().await;
}

/// A matcher of one's own judges the alerts that are there before its route is in force.
#[tokio::test(flavor = "multi_thread")]
async fn plugin_matchers_of_the_new_one_judge_old_alerts() {
    let server = Server::start(CONFIG).await;
    let posted = r#"[{"labels":{"alertname":"A","team":"db"}},{"labels":{"alertname":"B"}}]"#;
    assert_eq!(server.post("/api/v2/alerts", posted).await.status, 200);

    let matcher =
        "plugin_matchers: [{plugin: cel, settings: {expression: 'labels[\"team\"] == \"db\"'}}]";
    fs::write(
        server.config_file(),
        CONFIG.replace("matchers: [team=\"web\"]", matcher),
    )
    .unwrap();
    let answer = server.post("/-/reload", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));

    let alerts = server
        .json("/api/v2/alerts?filter=alertname%3D%22A%22")
        .await;
    assert_eq!(alerts[0]["receivers"], json!([{"name": "web"}]));
    let alerts = server
        .json("/api/v2/alerts?filter=alertname%3D%22B%22")
        .await;
    assert_eq!(alerts[0]["receivers"], json!([{"name": "ops"}]));
    // And those that come after it.
    let posted = r#"[{"labels":{"alertname":"C","team":"db"}}]"#;
    assert_eq!(server.post("/api/v2/alerts", posted).await.status, 200);
    let alerts = server
        .json("/api/v2/alerts?filter=alertname%3D%22C%22")
        .await;
    assert_eq!(alerts[0]["receivers"], json!([{"name": "web"}]));
    server.stop().await;
}
