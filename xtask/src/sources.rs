//! What a component is made from, as one digest.
//!
//! That is: the files of its crate and of the crates of this workspace it uses, `wit/`, the
//! toolchain, the profile, and the names, versions and features of all crates it uses. `Cargo.lock`
//! as a whole would make every component old whenever anything at all is updated.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::component::{PROFILE, TARGET, cargo};

/// Digest of all that decides about the bytes of a component.
pub(crate) fn digest(root: &Path, name: &str) -> Result<String> {
    let tree = dependency_tree(root, &format!("larum-plugin-{name}"))?;
    let mut files = vec![root.join("rust-toolchain.toml")];
    collect(&root.join("wit"), &mut files)?;
    for directory in &tree.crates {
        collect(directory, &mut files)?;
    }
    files.sort();
    let mut hasher = Sha256::new();
    for path in &files {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path
            .strip_prefix(root)?
            .to_string_lossy()
            .replace('\\', "/");
        add(&mut hasher, &name, &bytes);
    }
    add(
        &mut hasher,
        "dependencies",
        tree.packages.join("\n").as_bytes(),
    );
    add(&mut hasher, "profile", profile(root)?.as_bytes());
    Ok(hex(&hasher.finalize()))
}

/// Digest of some bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Length before content, so that no two lists of files run together to the same bytes.
fn add(hasher: &mut Sha256, name: &str, bytes: &[u8]) {
    hasher.update(format!("{name}\n{}\n", bytes.len()));
    hasher.update(bytes);
}

/// All files below `directory` that can end up in a build. Crates inside a crate speak for
/// themselves.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            let is_built = !path.join("Cargo.toml").exists()
                && !path.ends_with("tests")
                && !path.ends_with("benches");
            if is_built {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            // For people.
        } else if !path.to_string_lossy().ends_with("tests.rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// What a crate is built from.
struct Tree {
    /// Directories of the crates of this workspace.
    crates: Vec<PathBuf>,
    /// Name, version and features of every crate, sorted.
    packages: Vec<String>,
}

fn dependency_tree(root: &Path, package: &str) -> Result<Tree> {
    let output = Command::new(cargo())
        .current_dir(root)
        .args(["tree", "--package", package, "--target", TARGET])
        .args(["--edges", "normal,build", "--prefix", "none", "--no-dedupe"])
        .args(["--format", "{p} {f}"])
        .output()
        .context("cannot run cargo tree")?;
    ensure!(
        output.status.success(),
        "cargo tree failed for {package}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout)?;
    // A crate of this workspace is followed by its directory, in brackets.
    let here = format!("({}", root.display());
    let mut tree = Tree {
        crates: Vec::new(),
        packages: Vec::new(),
    };
    for line in text.lines() {
        let Some((package, rest)) = line.split_once(&here) else {
            tree.packages.push(line.trim_end().to_owned());
            continue;
        };
        let (directory, features) = rest.split_once(')').unwrap_or((rest, ""));
        tree.crates
            .push(root.join(directory.trim_start_matches(['/', '\\'])));
        tree.packages.push(format!("{package}{}", features.trim()));
    }
    tree.crates.sort();
    tree.crates.dedup();
    tree.packages.sort();
    tree.packages.dedup();
    Ok(tree)
}

/// The profiles that decide how a component is compiled, as the workspace's `Cargo.toml` has them.
fn profile(root: &Path) -> Result<String> {
    let text = fs::read_to_string(root.join("Cargo.toml"))?;
    let wanted = [
        format!("[profile.{PROFILE}]"),
        "[profile.release]".to_owned(),
    ];
    let mut profile = String::new();
    let mut is_wanted = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            is_wanted = wanted.iter().any(|header| header == line);
        }
        if is_wanted && !line.is_empty() && !line.starts_with('#') {
            profile.push_str(line);
            profile.push('\n');
        }
    }
    Ok(profile)
}
