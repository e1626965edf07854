//! Builds one component: compiles the crate, wraps the module, and looks at what came out.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use wit_component::{ComponentEncoder, DecodedWasm};

/// The components that the binary carries; the crate of each is `larum-plugin-<name>`.
pub(crate) const BUNDLED: [&str; 4] = ["cel", "go-template", "slack", "webhook"];

/// What components are compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The profile of the workspace's `Cargo.toml` that they are compiled with.
pub(crate) const PROFILE: &str = "component";

/// What a component may import. Only `log` has functions, the others are types.
const IMPORTS: [&str; 3] = [
    "larum:plugin/log",
    "larum:plugin/types",
    "larum:plugin/wire",
];

/// The bytes of a component, built from its sources.
pub(crate) fn build(root: &Path, name: &str) -> Result<Vec<u8>> {
    let paths = MachinePaths::find(root)?;
    ensure_target(&paths)?;
    let package = format!("larum-plugin-{name}");
    let target_dir = target_dir(root);
    let status = Command::new(cargo())
        .current_dir(root)
        .args(["build", "--quiet", "--lib", "--package", &package])
        .args(["--target", TARGET, "--profile", PROFILE])
        .arg("--target-dir")
        .arg(&target_dir)
        // Flags from outside would make other bytes.
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", paths.flags().join("\u{1f}"))
        .env("CARGO_INCREMENTAL", "0")
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "{package} does not build");
    let module_path = target_dir
        .join(TARGET)
        .join(PROFILE)
        .join(format!("{}.wasm", package.replace('-', "_")));
    let module =
        fs::read(&module_path).with_context(|| format!("cannot read {}", module_path.display()))?;
    let component = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("{package} does not make a component"))?;
    check_imports(&component).with_context(|| package.clone())?;
    paths.check_absent(&component).context(package)?;
    Ok(component)
}

/// The cargo that runs this program, so that both use one toolchain.
pub(crate) fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

fn target_dir(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

fn ensure_target(paths: &MachinePaths) -> Result<()> {
    let libraries = paths.sysroot.join("lib/rustlib").join(TARGET);
    ensure!(
        libraries.is_dir(),
        "the compiler has no standard library for {TARGET}; add it: rustup target add {TARGET}"
    );
    Ok(())
}

/// A component may import its types, and functions to log with; nothing else.
fn check_imports(component: &[u8]) -> Result<()> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("this is not a component");
    };
    for key in resolve.worlds[world].imports.keys() {
        let name = resolve.name_world_key(key);
        let interface = name
            .split_once('@')
            .map_or(name.as_str(), |(interface, _)| interface);
        ensure!(
            IMPORTS.contains(&interface),
            "it imports {name}; a bundled component may import larum:plugin/log only"
        );
    }
    Ok(())
}

/// Directories of this machine, which must leave no trace in a component.
struct MachinePaths {
    root: PathBuf,
    sysroot: PathBuf,
    cargo_home: PathBuf,
    /// Where cargo keeps the sources of other people's crates, one directory for each registry.
    registries: Vec<PathBuf>,
    /// The commit that the compiler was built from.
    compiler_commit: String,
}

impl MachinePaths {
    fn find(root: &Path) -> Result<Self> {
        let sysroot = rustc(root, &["--print", "sysroot"])?.trim().into();
        let version = rustc(root, &["--version", "--verbose"])?;
        let compiler_commit = version
            .lines()
            .find_map(|line| line.strip_prefix("commit-hash: "))
            .unwrap_or("unknown")
            .to_owned();
        let cargo_home = match (env::var_os("CARGO_HOME"), env::home_dir()) {
            (Some(path), _) => PathBuf::from(path),
            (None, Some(home)) => home.join(".cargo"),
            (None, None) => bail!("neither CARGO_HOME nor a home directory is known"),
        };
        let registries = match fs::read_dir(cargo_home.join("registry/src")) {
            Ok(entries) => entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect(),
            Err(_) => Vec::new(),
        };
        Ok(Self {
            root: root.to_owned(),
            sysroot,
            cargo_home,
            registries,
            compiler_commit,
        })
    }

    /// Flags that give every directory a name that is the same everywhere.
    fn flags(&self) -> Vec<String> {
        // The standard library's own paths have this form already, unless its sources are
        // installed.
        let library = format!("/rustc/{}", self.compiler_commit);
        // Of several prefixes that fit, the compiler takes the last.
        let mut prefixes = vec![
            (self.cargo_home.clone(), "/cargo".to_owned()),
            (self.root.clone(), "/larum".to_owned()),
            (self.sysroot.clone(), "/rust".to_owned()),
            (self.sysroot.join("lib/rustlib/src/rust"), library),
        ];
        prefixes.extend(
            self.registries
                .iter()
                .map(|path| (path.clone(), "/registry".to_owned())),
        );
        prefixes
            .iter()
            .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
            .collect()
    }

    fn check_absent(&self, component: &[u8]) -> Result<()> {
        let text = String::from_utf8_lossy(component);
        let home = env::home_dir();
        let paths = [
            Some(&self.root),
            Some(&self.sysroot),
            Some(&self.cargo_home),
            home.as_ref(),
        ];
        for path in paths.into_iter().flatten() {
            let path = path.display().to_string();
            ensure!(
                path == "/" || !text.contains(&format!("{path}/")),
                "it holds the path {path} of this machine"
            );
        }
        Ok(())
    }
}

fn rustc(root: &Path, arguments: &[&str]) -> Result<String> {
    let program = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program)
        .current_dir(root)
        .args(arguments)
        .output()
        .context("cannot run rustc")?;
    ensure!(
        output.status.success(),
        "rustc {} failed",
        arguments.join(" ")
    );
    Ok(String::from_utf8(output.stdout)?)
}
