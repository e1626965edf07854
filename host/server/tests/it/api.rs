//! API v2 as clients of Alertmanager use it.

use serde_json::{Value, json};

use crate::server::{CONFIG, Server};

/// What Alertmanager 0.33 answers to `GET` after this was posted, but for `updatedAt`.
const POSTED: &str = r#"[{
    "labels": {"alertname": "Down", "severity": "critical", "team": "web", "empty": ""},
    "annotations": {"summary": "gone", "note": ""},
    "startsAt": "2026-01-31T10:00:00.123456Z",
    "endsAt": "2126-01-31T11:00:00+01:00",
    "generatorURL": "http://prometheus/graph?g0.expr=up"
}]"#;

fn shown(receivers: &str, updated_at: &str) -> String {
    format!(
        "{{\"annotations\":{{\"note\":\"\",\"summary\":\"gone\"}},\
         \"endsAt\":\"2126-01-31T10:00:00.000Z\",\"fingerprint\":\"f78a8576cd5a0f4b\",\
         \"receivers\":{receivers},\"startsAt\":\"2026-01-31T10:00:00.123Z\",\
         \"status\":{{\"inhibitedBy\":[],\"mutedBy\":[],\"silencedBy\":[],\"state\":\"active\"}},\
         \"updatedAt\":\"{updated_at}\",\"generatorURL\":\"http://prometheus/graph?g0.expr=up\",\
         \"labels\":{{\"alertname\":\"Down\",\"severity\":\"critical\",\"team\":\"web\"}}}}"
    )
}

fn updated_at(alerts: &Value) -> String {
    alerts[0]["updatedAt"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_and_groups_are_shown_as_alertmanager_shows_them() {
    let server = Server::start(CONFIG).await;
    let answer = server.post("/api/v2/alerts", POSTED).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));

    let updated_at = updated_at(&server.json("/api/v2/alerts").await);
    let both = r#"[{"name":"pager"},{"name":"web"}]"#;
    let alerts = server.get("/api/v2/alerts").await;
    assert_eq!(alerts.body, format!("[{}]\n", shown(both, &updated_at)));
    assert!(alerts.head.contains("content-type: application/json\r\n"));
    assert!(alerts.head.contains("cache-control: no-store"));

    let group = |receiver: &str, receivers: &str| {
        let alert = shown(receivers, &updated_at);
        format!(
            "{{\"alerts\":[{alert}],\"labels\":{{\"alertname\":\"Down\"}},\
             \"receiver\":{{\"name\":\"{receiver}\"}}}}"
        )
    };
    let groups = server.get("/api/v2/alerts/groups").await;
    assert_eq!(
        groups.body,
        format!("[{},{}]\n", group("pager", both), group("web", both))
    );
    // A group that is not asked for is not named by its alerts either.
    let groups = server.get("/api/v2/alerts/groups?receiver=web").await;
    assert_eq!(
        groups.body,
        format!("[{}]\n", group("web", r#"[{"name":"web"}]"#))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_alert_does_not_keep_its_neighbours_out() {
    let server = Server::start(CONFIG).await;
    let check = async |body: &str, status: u16, answered: &str| {
        let answer = server.post("/api/v2/alerts", body).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, answered),
            "{body}"
        );
    };
    check("[]", 200, "").await;
    check(
        r#"[{"labels":{}},{"labels":{"alertname":"Kept"}},{"labels":{"":"x"}}]"#,
        400,
        "\"at least one label pair required\\ninvalid label set: invalid name \\\"\\\"\"\n",
    )
    .await;
    check(
        r#"[{"labels":{"alertname":"Lost"}},{"annotations":{}}]"#,
        422,
        r#"{"code":602,"message":"1.labels in body is required"}"#,
    )
    .await;
    let alerts = server.json("/api/v2/alerts").await;
    assert_eq!(alerts.as_array().unwrap().len(), 1);
    assert_eq!(alerts[0]["labels"], json!({"alertname": "Kept"}));

    let metrics = server.get("/metrics").await.body;
    for line in [
        "alertmanager_alerts_received_total{status=\"firing\",version=\"v2\"} 3",
        "alertmanager_alerts_invalid_total{version=\"v2\"} 2",
        "alertmanager_alerts{state=\"active\"} 1",
        "# TYPE alertmanager_alerts_invalid_total counter",
        "alertmanager_receivers 3",
        "alertmanager_config_last_reload_successful 1",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line} in {metrics}"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_select_alerts() {
    let server = Server::start(CONFIG).await;
    let posted = r#"[{"labels":{"alertname":"A","team":"web"}},{"labels":{"alertname":"B"}},
        {"labels":{"alertname":"Over"},"endsAt":"2020-01-01T00:00:00Z"}]"#;
    assert_eq!(server.post("/api/v2/alerts", posted).await.status, 200);
    let check = async |query: &str, expected: &[&str]| {
        let alerts = server.json(&format!("/api/v2/alerts?{query}")).await;
        let names = alerts
            .as_array()
            .unwrap()
            .iter()
            .map(|alert| &alert["labels"]["alertname"]);
        let mut names: Vec<_> = names.map(|name| name.as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{query}");
    };
    check("", &["A", "B"]).await;
    check("filter=team%3D%22web%22", &["A"]).await;
    check("filter=team%3D%22%22", &["B"]).await;
    check(
        "filter=alertname%3D~%22A%7CB%22&filter=team!%3D%22web%22",
        &["B"],
    )
    .await;
    check("receiver=web", &["A"]).await;
    check("receiver=we", &[]).await;
    check("receiver_matchers=name%3D%22ops%22", &["B"]).await;
    check("active=false", &[]).await;
    check(
        "silenced=false&inhibited=false&unprocessed=false",
        &["A", "B"],
    )
    .await;
    assert_eq!(server.get("/api/v2/alerts?filter=bogus").await.status, 400);
    assert_eq!(
        server.get("/api/v2/alerts/groups?receiver=(").await.status,
        400
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_answer_as_clients_expect() {
    let server = Server::start(CONFIG).await;
    let check = async |request: &str, status: u16, needle: &str| {
        let (method, path) = request.split_once(' ').unwrap();
        let answer = server.request(method, path, "", "").await;
        assert_eq!(answer.status, status, "{request}: {}", answer.body);
        assert!(answer.body.contains(needle), "{request}: {}", answer.body);
    };
    check("GET /-/healthy", 200, "OK").await;
    check("GET /-/ready", 200, "OK").await;
    check("HEAD /-/healthy", 200, "").await;
    check("GET /-/reload", 405, "Method Not Allowed").await;
    check("GET /", 200, "/api/v2/alerts").await;
    check("GET /api/v2/alerts/", 200, "[]").await;
    check("GET /nope", 404, "404 page not found").await;
    check(
        "GET /api/v2/nope",
        404,
        r#"{"code":404,"message":"path /api/v2/nope was not found"}"#,
    )
    .await;
    check(
        "PUT /api/v2/alerts",
        405,
        r#""message":"method PUT is not allowed, but [GET,POST] are"#,
    )
    .await;
    check(
        "POST /api/v2/alerts",
        415,
        "only [application/json] are allowed",
    )
    .await;
    check(
        "GET /api/v1/alerts",
        410,
        r#"{"status":"deprecated","error":"The Alertmanager v1"#,
    )
    .await;
    check("POST /api/v1/alerts", 410, "deprecated").await;
    check("GET /api/v2/silences", 501, "larum has no silences yet").await;
    check("DELETE /api/v2/silence/x", 501, "larum has no silences yet").await;
    check(
        "GET /api/v2/receivers?receiver_matchers=name%3D%22web%22",
        200,
        "[{\"labels\":{\"name\":\"web\"},\"name\":\"web\"}]\n",
    )
    .await;
    check(
        "GET /api/v2/status",
        200,
        r#"{"cluster":{"peers":[],"status":"disabled"},"config":"#,
    )
    .await;
    check("GET /api/larum/v1/receivers", 200, "[]").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_of_other_origins_may_ask() {
    let server = Server::start(CONFIG).await;
    let answer = server
        .request("GET", "/api/v2/status", "Origin: http://karma\r\n", "")
        .await;
    assert!(
        answer.head.contains("access-control-allow-origin: *"),
        "{}",
        answer.head
    );
    let headers = "Origin: http://karma\r\nAccess-Control-Request-Method: POST\r\n\
                   Access-Control-Request-Headers: content-type\r\n";
    let answer = server
        .request("OPTIONS", "/api/v2/alerts", headers, "")
        .await;
    assert_eq!(answer.status, 204);
    for header in [
        "access-control-allow-origin: *",
        "access-control-allow-methods: post",
        "access-control-allow-headers: content-type",
    ] {
        assert!(answer.head.contains(header), "{}", answer.head);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_stands_before_every_path() {
    let server = Server::start_with(CONFIG, |mut options| {
        options.external_url = Some("http://example/am/".to_owned());
        options
    })
    .await;
    assert_eq!(server.get("/am/api/v2/status").await.status, 200);
    assert_eq!(server.get("/am/").await.status, 200);
    assert_eq!(server.get("/api/v2/status").await.status, 404);
    let answer = server.get("/").await;
    assert_eq!(answer.status, 302);
    assert!(answer.head.contains("location: /am/"), "{}", answer.head);
    server.stop().await;
}
