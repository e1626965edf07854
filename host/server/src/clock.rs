//! The one reader of the clock.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use larum_engine::model::Timestamp;

/// How far the system's time may be from ours before it counts as set and not as drifting.
const STEP_MS: i64 = 1_000;

/// The longest sleep: after a suspend the process notices the new time within this.
const SLEEP_MAX: Duration = Duration::from_secs(15);

/// Time for the whole process. Cloning shares it.
///
/// It starts at the system's time and goes on with the monotonic clock, so it never goes back.
/// When the system's time is set forward (also: after a suspend) it follows at once; when it is
/// set back, it goes at half speed until the two agree.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Instant,
    last: Mutex<Reading>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    monotonic: Duration,
    /// Microseconds since the Unix epoch: halves of a millisecond must not get lost.
    unix_us: i64,
}

impl Clock {
    /// The system's clock.
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one reader of the clock"
    )]
    pub(crate) fn system() -> Self {
        let last = Reading {
            monotonic: Duration::ZERO,
            unix_us: system_unix_us(),
        };
        Self(Arc::new(Inner {
            started: Instant::now(),
            last: Mutex::new(last),
        }))
    }

    /// What time it is: never earlier than any time it said before.
    pub(crate) fn now(&self) -> Timestamp {
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        // Read under the lock, so that two callers cannot swap their readings.
        *last = last.next(self.monotonic(), system_unix_us());
        Timestamp::from_unix_ms(last.unix_us.div_euclid(1_000))
    }

    /// How long this clock exists. For measuring, not for telling the time.
    pub(crate) fn monotonic(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// Returns when `now` has reached `deadline`.
    pub(crate) async fn sleep_until(&self, deadline: Timestamp) {
        loop {
            let remaining = deadline.saturating_since(self.now());
            if remaining.is_zero() {
                return;
            }
            tokio::time::sleep(remaining.min(SLEEP_MAX)).await;
        }
    }
}

impl Reading {
    fn next(self, monotonic: Duration, system_us: i64) -> Self {
        let elapsed_us =
            i64::try_from(monotonic.saturating_sub(self.monotonic).as_micros()).unwrap_or(i64::MAX);
        let advanced_us = self.unix_us.saturating_add(elapsed_us);
        let ahead_us = system_us.saturating_sub(advanced_us);
        let unix_us = if ahead_us > STEP_MS * 1_000 {
            system_us
        } else if ahead_us < -STEP_MS * 1_000 {
            self.unix_us.saturating_add(elapsed_us / 2)
        } else {
            advanced_us
        };
        Self { monotonic, unix_us }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "this is the one reader of the clock"
)]
fn system_unix_us() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(elapsed_ms: u64, system_ms: i64, expected_ms: i64) {
        let last = Reading {
            monotonic: Duration::from_secs(1),
            unix_us: 100_000_000,
        };
        let next = last.next(
            last.monotonic + Duration::from_millis(elapsed_ms),
            100_000_000 + system_ms * 1_000,
        );
        assert_eq!(next.unix_us, 100_000_000 + expected_ms * 1_000);
    }

    #[test]
    fn goes_with_the_monotonic_clock_and_never_back() {
        check(500, 500, 500);
        check(500, 600, 500);
        check(500, 400, 500);
        check(500, 90_000, 90_000);
        check(500, -90_000, 250);
        check(0, -90_000, 0);
    }
}
