//! Deliveries: from the first request to the receipt, and what may go wrong between.

use std::{sync::Arc, time::Duration};

use larum_engine::model::TenantId;
use larum_sandbox::{
    CallErrorKind, Component, Delivery, Encoding, Event, HttpResponse, Limits, Method, Part,
    Receipt, Receiver, Sandbox, SendError, Step, TransportError,
};

use larum_test_guests::{Guest, RECEIVER};

use crate::{notification, patient, sandbox};

struct World {
    sandbox: Arc<Sandbox>,
    component: Component,
    receiver: Receiver,
}

async fn world(limits: Limits, guest: Guest<'_>) -> World {
    let sandbox = sandbox(limits, None);
    let component = sandbox.load("mine", &guest.build()).unwrap();
    let receiver = component
        .receiver(&TenantId::default(), "{}")
        .await
        .unwrap();
    World {
        sandbox,
        component,
        receiver,
    }
}

impl World {
    async fn start(&self) -> Delivery {
        self.receiver
            .start(&notification(2), "{}".to_owned())
            .await
            .unwrap()
    }

    async fn first_request(&self) -> Delivery {
        let mut delivery = self.start().await;
        assert!(matches!(delivery.next(None).await, Ok(Step::Request(_))));
        delivery
    }
}

fn response(status: u16, body: &str) -> Option<Event> {
    Some(Event::Response(HttpResponse {
        status,
        headers: vec![("retry-after".to_owned(), "7".to_owned())],
        body: body.to_owned(),
        body_truncated: false,
    }))
}

fn kind(error: &SendError) -> CallErrorKind {
    match error {
        SendError::Call(error) => error.kind,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_delivery_goes_from_request_to_receipt() {
    let world = world(patient(), RECEIVER).await;
    let mut delivery = world.start().await;
    let Step::Request(request) = delivery.next(None).await.unwrap() else {
        panic!("no request")
    };
    let literal = |text: &str| Part::Literal(text.to_owned());
    assert_eq!(request.method, Method::Post);
    let url = Part::Secret {
        name: "/api_url".to_owned(),
        encoding: Encoding::Raw,
    };
    assert_eq!(request.url, [url]);
    let header = ("content-type".to_owned(), vec![literal("text/plain")]);
    assert_eq!(request.headers, [header]);
    assert_eq!(request.body, [literal("hello")]);
    assert_eq!(request.timeout, Some(Duration::from_millis(1_500)));
    let step = delivery.next(response(200, "fine\n")).await.unwrap();
    let receipt = Receipt {
        external_id: Some("id-1".to_owned()),
        detail: "fine\\n".to_owned(),
    };
    assert_eq!(step, Step::Done(receipt));
    assert_eq!(
        kind(&delivery.next(None).await.unwrap_err()),
        CallErrorKind::Guest
    );
}

#[tokio::test]
async fn failures_say_what_follows() {
    let world = world(patient(), RECEIVER).await;
    let outcomes = [
        (response(429, ""), "retry after 7s"),
        (Some(Event::Failed(TransportError::Timeout)), "retry"),
        (response(401, ""), "unauthorized"),
    ];
    for (outcome, expected) in outcomes {
        let mut delivery = world.first_request().await;
        let (failure, what) = match delivery.next(outcome).await.unwrap_err() {
            SendError::Retryable {
                failure,
                after: Some(after),
            } => (failure, format!("retry after {after:?}")),
            SendError::Retryable {
                failure,
                after: None,
            } => (failure, "retry".to_owned()),
            SendError::Unauthorized(failure) => (failure, "unauthorized".to_owned()),
            other => panic!("{other:?}"),
        };
        assert_eq!(what, expected);
        assert_eq!(failure.message, "it\\u{202e} failed");
        assert_eq!(failure.advice, None);
    }
    let refused = world
        .receiver
        .start(&notification(1), String::new())
        .await
        .err()
        .unwrap();
    assert!(matches!(refused, SendError::Permanent(_)), "{refused:?}");
}

#[tokio::test]
async fn responses_are_cut() {
    let mut limits = patient();
    limits.data.response_bytes = 7;
    let world = world(limits, RECEIVER).await;
    let mut delivery = world.first_request().await;
    let Step::Done(receipt) = delivery.next(response(200, "abcdefäöü")).await.unwrap() else {
        panic!("no receipt");
    };
    assert_eq!(receipt.detail, "abcdef");
}

#[tokio::test]
async fn requests_are_counted() {
    let world = world(patient(), RECEIVER).await;
    let mut delivery = world.first_request().await;
    for _ in 1..8 {
        assert!(delivery.next(response(100, "")).await.is_ok());
    }
    let error = delivery.next(response(100, "")).await.unwrap_err();
    let SendError::Permanent(failure) = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        failure.message,
        "plugin mine asked for more than the 8 requests that one delivery may take"
    );
    let stats = &world.sandbox.stats().plugins["mine"];
    assert_eq!(stats.failed(CallErrorKind::Output), 1);
}

#[tokio::test]
async fn long_requests_are_refused() {
    let mut limits = patient();
    limits.receiver.output_bytes = 256 << 10;
    limits.receiver.hostcall_fuel_bytes = 512 << 10;
    let body = "x".repeat(300 << 10);
    let world = world(
        limits.clone(),
        Guest {
            body: &body,
            pages: 30,
            ..RECEIVER
        },
    )
    .await;
    let error = world.start().await.next(None).await.unwrap_err();
    assert_eq!(kind(&error), CallErrorKind::Output);
    let longer = "x".repeat(600 << 10);
    let world = self::world(
        limits,
        Guest {
            body: &longer,
            pages: 30,
            ..RECEIVER
        },
    )
    .await;
    let error = world.start().await.next(None).await.unwrap_err();
    assert_eq!(kind(&error), CallErrorKind::HostcallFuel);
}

#[tokio::test]
async fn a_trap_takes_the_deliveries_of_its_instance() {
    // A response of status 500 makes it trap.
    let on_call = "(if (i32.eq (local.get $status) (i32.const 500)) (then unreachable))";
    let world = world(
        patient(),
        Guest {
            on_call,
            ..RECEIVER
        },
    )
    .await;
    let (mut first, mut second) = (world.first_request().await, world.first_request().await);
    let error = first.next(response(500, "")).await.unwrap_err();
    assert_eq!(kind(&error), CallErrorKind::Trap);
    let error = second.next(response(200, "")).await.unwrap_err();
    assert_eq!(kind(&error), CallErrorKind::Trap);
    let SendError::Call(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.message, "the instance was replaced");
    let mut third = world.first_request().await;
    assert!(matches!(
        third.next(response(200, "")).await,
        Ok(Step::Done(_))
    ));
}

#[tokio::test]
async fn deliveries_outlive_the_turn_of_their_instance() {
    let mut limits = patient();
    limits.instance.calls = 4;
    // An instance takes two of them. Four that are worn out are kept.
    for (count, done) in [(1_u64, 1), (8, 8), (14, 8)] {
        let world = world(limits.clone(), RECEIVER).await;
        let mut deliveries = Vec::new();
        for _ in 0..count {
            deliveries.push(world.first_request().await);
        }
        let mut outcomes = Vec::new();
        for delivery in &mut deliveries {
            let outcome = delivery.next(response(200, "")).await;
            outcomes.push(matches!(outcome, Ok(Step::Done(_))));
        }
        let expected = (0..count).map(|number| number >= count - done);
        assert_eq!(outcomes, expected.collect::<Vec<_>>());
        let stats = &world.sandbox.stats().plugins["mine"];
        assert_eq!(stats.instances_recycled, count.div_ceil(2));
    }
}

#[tokio::test]
async fn deliveries_are_bounded_and_make_room() {
    let mut limits = patient();
    limits.instance.deliveries = 2;
    let world = world(limits, RECEIVER).await;
    let (first, _second) = (world.start().await, world.start().await);
    let error = world
        .receiver
        .start(&notification(1), "{}".to_owned())
        .await
        .err()
        .unwrap();
    assert_eq!(kind(&error), CallErrorKind::Overloaded);
    drop(first);
    let _third = world.start().await;
}

#[tokio::test]
async fn dropped_uses_and_deliveries_leave_nothing_behind() {
    let mut limits = patient();
    limits.instance.handles = 8;
    limits.instance.deliveries = 4;
    limits.instance.calls = 1_000_000;
    let world = world(limits, RECEIVER).await;
    for _ in 0..50 {
        drop(world.first_request().await);
        let settings = r#"{"another":"use"}"#;
        world
            .component
            .receiver(&TenantId::default(), settings)
            .await
            .unwrap();
    }
    assert_eq!(world.sandbox.stats().plugins["mine"].failures, [0; 7]);
}

#[tokio::test]
async fn what_is_not_read_is_not_sent() {
    // Traps if there are alerts in the notification.
    let on_begin = "(if (i32.load offset=88 (local.get $args)) (then unreachable))";
    for reads_alerts in [true, false] {
        let guest = Guest {
            on_begin,
            reads_alerts,
            ..RECEIVER
        };
        let world = world(patient(), guest).await;
        let started = world
            .receiver
            .start(&notification(2), "{}".to_owned())
            .await;
        assert_eq!(started.is_err(), reads_alerts);
    }
}

#[tokio::test]
async fn the_previous_receipt_is_handed_back() {
    // Traps unless there is an external id of the length of `id-0`.
    let on_begin = "(if (i32.eqz (i32.load offset=136 (local.get $args))) (then unreachable))
        (if (i32.ne (i32.load offset=144 (local.get $args)) (i32.const 4)) (then unreachable))";
    let guest = Guest {
        on_begin,
        ..RECEIVER
    };
    let world = world(patient(), guest).await;
    world.first_request().await;
}
