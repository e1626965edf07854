//! `larum demo`: its flags.

use clap::Args;

/// The flags of `larum demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoArguments {
    /// Where the router of the demonstration listens; port 0 takes any that is free.
    #[arg(
        long = "web.listen-address",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:9093"
    )]
    pub listen_address: String,
    /// How fast it goes: 2 is twice as fast.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_speed)]
    pub speed: f64,
    /// End after the show instead of serving on.
    #[arg(long)]
    pub once: bool,
}

fn parse_speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 => Ok(speed),
        _ => Err("a number above zero is needed".to_owned()),
    }
}
