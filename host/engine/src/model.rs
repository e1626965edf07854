//! The words of the domain: what an alert, a label set and a matcher are.

mod alert;
mod ids;
mod labels;
mod matcher;
mod quote;
mod time;

pub use alert::{Alert, AlertStatus};
pub use ids::{GroupId, IntegrationKey, NotificationId, TenantId};
pub use labels::{Fingerprint, LabelError, Labels, LabelsBuilder};
pub use matcher::{
    MatchOperator, Matcher, MatcherError, MatcherList, MatcherSyntax, ParseError, parse_matcher,
    parse_matchers,
};
pub use quote::Quoted;
pub use time::Timestamp;
