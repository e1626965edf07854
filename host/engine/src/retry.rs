//! How long to wait before the next attempt.

use std::time::Duration;

use xxhash_rust::xxh64::xxh64;

use crate::model::NotificationId;

/// The wait before the second attempt, before it is varied.
const FIRST_DELAY_MS: u64 = 500;
/// No wait is longer than this, before it is varied.
const DELAY_MS_MAX: u64 = 60_000;

/// How long to wait after attempt number `attempt` failed: half a second, half as much again each
/// time up to a minute, and each varied by up to half of it either way (Alertmanager
/// `notify/retry_stage.go` with the defaults of `cenkalti/backoff`). The variation is a hash of the
/// notification and the attempt, so that a replay waits as long. Never shorter than what the
/// receiver asked for.
pub(crate) fn delay(id: &NotificationId, attempt: u32, asked: Option<Duration>) -> Duration {
    let mut base = FIRST_DELAY_MS;
    for _ in 1..attempt {
        base = (base * 3 / 2).min(DELAY_MS_MAX);
        if base == DELAY_MS_MAX {
            break;
        }
    }
    let permille = 500 + xxh64(id.0.as_bytes(), u64::from(attempt)) % 1001;
    let own = Duration::from_millis(base * permille / 1000);
    own.max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_vary_within_bounds() {
        let check = |attempt: u32, base: u64| {
            for n in 0..200 {
                let id = NotificationId(format!("{n:032x}").into());
                let delay = delay(&id, attempt, None).as_millis();
                let bounds = u128::from(base / 2)..=u128::from(base * 3 / 2);
                assert!(bounds.contains(&delay), "{attempt}: {delay}");
            }
        };
        check(1, 500);
        check(2, 750);
        check(3, 1125);
        check(4, 1687);
        check(12, 43_226);
        check(13, 60_000);
        check(u32::MAX, 60_000);
    }

    #[test]
    fn delays_differ_and_repeat() {
        let (one, other) = (NotificationId("a".into()), NotificationId("b".into()));
        assert_eq!(delay(&one, 1, None), delay(&one, 1, None));
        assert_ne!(delay(&one, 5, None), delay(&other, 5, None));
    }

    #[test]
    fn the_receivers_wish_is_a_lower_bound() {
        let id = NotificationId("a".into());
        let asked = Duration::from_secs(30);
        assert_eq!(delay(&id, 1, Some(asked)), asked);
        assert_eq!(
            delay(&id, 1, Some(Duration::from_millis(1))),
            delay(&id, 1, None)
        );
    }
}
