//! Compiled components on disk. Machine code is run without a look, so every file carries a
//! code that only this host can make, and whatever fails the check is not there.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use anyhow::{Context as _, bail, ensure};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

const KEY_FILE: &str = "key";
const KEY_BYTES: usize = 32;
const MAC_BYTES: usize = 32;
/// No compiled component is longer: about ten times the longest component's file.
const FILE_BYTES_MAX: u64 = 512 << 20;
/// So that a code made for another purpose with the same key is never valid here.
const DOMAIN: &[u8] = b"larum compiled component v1\0";

/// A directory of compiled components and the key to it.
pub(crate) struct Cache {
    directory: PathBuf,
    key: [u8; KEY_BYTES],
    next_temporary: AtomicU64,
}

/// Bytes that carry this host's code under the name they were asked for: [`Cache::get`] is the
/// only place that makes one.
pub(crate) struct Trusted(Vec<u8>);

impl Trusted {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0[MAC_BYTES..]
    }
}

impl Cache {
    /// Opens the directory, and makes it and its key at first use.
    pub(crate) fn open(directory: &Path) -> anyhow::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
        refuse_shared(&fs::metadata(directory)?, 0o022, own_user()?)?;
        let key = match read_key(directory) {
            Err(error) if is_not_found(&error) => {
                make_key(directory)?;
                read_key(directory)
            }
            other => other,
        };
        let key = key.context("key of the cache")?;
        Ok(Self {
            directory: directory.to_owned(),
            key,
            next_temporary: AtomicU64::new(0),
        })
    }

    /// What was stored under this name. None if nothing was.
    ///
    /// # Errors
    /// When the file cannot be read, or is not what this host wrote under this name.
    pub(crate) fn get(&self, name: &str) -> anyhow::Result<Option<Trusted>> {
        let file = match File::open(self.directory.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let mut content = Vec::new();
        file.take(FILE_BYTES_MAX).read_to_end(&mut content)?;
        let Some((code, bytes)) = content.split_at_checked(MAC_BYTES) else {
            bail!("the file is cut short");
        };
        self.mac(name, bytes)
            .verify_slice(code)
            .context("the file was changed")?;
        Ok(Some(Trusted(content)))
    }

    /// Stores bytes under a name: all of them or nothing.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let code = self.mac(name, bytes).finalize().into_bytes();
        let number = self.next_temporary.fetch_add(1, Relaxed);
        let temporary = self
            .directory
            .join(format!(".{name}.{}.{number}", std::process::id()));
        let written = write_private(&temporary, &[code.as_slice(), bytes])
            .and_then(|()| fs::rename(&temporary, self.directory.join(name)));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn mac(&self, name: &str, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"));
        mac.update(DOMAIN);
        mac.update(name.as_bytes());
        mac.update(&[0]);
        mac.update(bytes);
        mac
    }
}

fn read_key(directory: &Path) -> anyhow::Result<[u8; KEY_BYTES]> {
    let file = File::open(directory.join(KEY_FILE))?;
    refuse_shared(&file.metadata()?, 0o077, own_user()?)?;
    let mut key = Vec::new();
    file.take(KEY_BYTES as u64 + 1).read_to_end(&mut key)?;
    let Ok(key) = <[u8; KEY_BYTES]>::try_from(key) else {
        bail!("it is not {KEY_BYTES} bytes long; remove it to have a new one made");
    };
    Ok(key)
}

fn make_key(directory: &Path) -> anyhow::Result<()> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key)?;
    let temporary = directory.join(format!(".{KEY_FILE}.{}", std::process::id()));
    write_private(&temporary, &[&key])?;
    // A link appears whole, and never takes the place of a key that another process has made.
    let linked = fs::hard_link(&temporary, directory.join(KEY_FILE));
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => Ok(other?),
    }
}

fn write_private(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))
}

/// The user id that this process acts as.
fn own_user() -> anyhow::Result<u32> {
    let process = fs::metadata("/proc/self").context("own user id, from /proc/self")?;
    Ok(process.uid())
}

/// Whoever else can write here could have machine code run. The owner can always give himself
/// the right to.
fn refuse_shared(metadata: &fs::Metadata, forbidden_mode: u32, user: u32) -> anyhow::Result<()> {
    let owner = metadata.uid();
    ensure!(
        owner == user,
        "it belongs to another user (id {owner}, and this is {user})"
    );
    let mode = metadata.mode() & 0o777;
    ensure!(
        mode & forbidden_mode == 0,
        "other users have access to it (mode {mode:o})"
    );
    Ok(())
}

fn is_not_found(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|it| it.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::{own_user, refuse_shared};

    #[track_caller]
    fn check(mode: u32, forbidden_mode: u32, is_own: bool, refusal: Option<&str>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::set_permissions(file.path(), Permissions::from_mode(mode)).unwrap();
        let user = own_user().unwrap() + u32::from(!is_own);
        let metadata = fs::metadata(file.path()).unwrap();
        let refused = refuse_shared(&metadata, forbidden_mode, user).err();
        let refused = refused.map(|error| error.to_string());
        assert_eq!(refused.is_some(), refusal.is_some(), "{refused:?}");
        if let (Some(refused), Some(refusal)) = (refused, refusal) {
            assert!(refused.contains(refusal), "{refused}");
        }
    }

    #[test]
    fn what_others_can_change_is_refused() {
        check(0o600, 0o077, true, None);
        check(0o755, 0o022, true, None);
        check(0o604, 0o077, true, Some("mode 604"));
        check(0o777, 0o022, true, Some("mode 777"));
        check(0o600, 0o077, false, Some("another user"));
        check(0o700, 0o022, false, Some("another user"));
    }
}
