//! `larum check-config`: everything that is wrong with a configuration, and what it comes to.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::Args;
use larum_engine::model::TenantId;

use super::output;
use crate::{
    app::{self, ConfigSource},
    plugins::{Generation, Plugins},
    reload,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files to check.
    #[arg(value_name = "FILE", default_value = "alertmanager.yml")]
    files: Vec<PathBuf>,
}

pub(super) async fn run(arguments: Arguments) -> ExitCode {
    let plugins = app::load_plugins(app::default_cache_directory(), String::new()).await;
    let plugins = match plugins {
        Ok(plugins) => plugins,
        Err(error) => return output::fail(&format!("{error:#}")),
    };
    let several = arguments.files.len() > 1;
    let mut failed = 0_usize;
    for file in arguments.files {
        if !check(&plugins, file, several).await {
            failed += 1;
        }
    }
    match failed {
        0 => ExitCode::SUCCESS,
        1 if !several => ExitCode::FAILURE,
        _ => output::fail(&format!("{failed} files are not usable")),
    }
}

async fn check(plugins: &Plugins, file: PathBuf, several: bool) -> bool {
    let head = if several {
        format!("{}: ", file.display())
    } else {
        String::new()
    };
    match reload::load(&ConfigSource::File(file), plugins, &TenantId::default()).await {
        Ok(loaded) => {
            let warnings = &loaded.generation.plan.warnings;
            if !warnings.is_empty() {
                let text = warnings.render(output::wants_color());
                output::complain(&format!("{}\n\n", text.trim_end()));
            }
            output::print(&format!("{head}{}\n", receipt(&loaded.generation)));
            true
        }
        Err(error) => {
            let text = error.render(output::wants_color());
            output::complain(&format!("{head}{}\n", text.trim_end()));
            false
        }
    }
}

/// What a good configuration comes to, in one line:
/// `OK: 3 receivers (2 slack, 1 webhook), 9 routes, 4 templates, 2 warnings`.
fn receipt(generation: &Generation) -> String {
    let plan = &generation.plan;
    let mut kinds = BTreeMap::<&str, usize>::new();
    for integration in plan
        .receivers
        .iter()
        .flat_map(|receiver| &receiver.integrations)
    {
        *kinds.entry(&integration.kind).or_default() += 1;
    }
    let kinds: Vec<_> = kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let kinds = if kinds.is_empty() {
        "none sends".to_owned()
    } else {
        kinds.join(", ")
    };
    let mut receipt = format!(
        "OK: {} ({kinds}), {}, {}",
        count(plan.receivers.len(), "receiver"),
        count(plan.routing.routes.len(), "route"),
        count(plan.templates.len(), "template"),
    );
    for (number, thing) in [
        (plan.matchers.len(), "plugin matcher"),
        (plan.plugins.len(), "plugin"),
        (plan.warnings.len(), "warning"),
    ] {
        if number > 0 {
            receipt = format!("{receipt}, {}", count(number, thing));
        }
    }
    receipt
}

fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular() {
        assert_eq!(count(1, "route"), "1 route");
        assert_eq!(count(0, "route"), "0 routes");
        assert_eq!(count(2, "route"), "2 routes");
    }
}
