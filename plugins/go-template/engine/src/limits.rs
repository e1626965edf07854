//! How much a template may compute, print and nest, and what one rendering is given.

use std::any::Any;

/// Bounds on one rendering. Reaching one is an error of that rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nodes evaluated, turns of `range`, and a step for every 64 bytes or items a function makes.
    pub steps_max: u64,
    /// Bytes printed, and bytes of any one string a function makes.
    pub output_bytes_max: usize,
    /// `{{ template }}` actions inside one another. Go allows 100,000, on a stack that grows.
    pub call_depth_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps_max: 1_000_000,
            output_bytes_max: 1024 * 1024,
            call_depth_max: 200,
        }
    }
}

/// What one rendering is given beside its data.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    pub limits: Limits,
    /// Whatever the functions need from their host, such as the present time; see
    /// [`Context::host`](crate::Context::host).
    pub host: Option<&'a dyn Any>,
}
