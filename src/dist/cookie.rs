//! The secret that the nodes of one cluster share.
//!
//! A cookie is never sent. Each side of a new connection sends a random number, the
//! *challenge*, and proves that it has the cookie by sending back the MD5 digest of the
//! cookie and that number.
//!
//! A cookie keeps clusters apart that should not meet. It is not encryption: who can
//! read the network reads every message, and MD5 does not slow a guesser down, so a
//! cookie must be long and random. Erlang's advice for hostile networks, TLS under the
//! distribution, holds here too.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

/// The longest cookie in bytes: that of an atom in Erlang, every character in one byte.
pub const MAX_COOKIE: usize = 255;

/// How many letters a cookie has that is made here.
const LETTERS: usize = 20;

/// The secret that the nodes of one cluster share. `Debug` does not show it.
#[derive(Clone)]
pub struct Cookie(Box<[u8]>);

/// Why there is no cookie to use.
#[derive(Debug, thiserror::Error)]
pub enum CookieError {
    /// `$HOME` is not set, so nobody knows where the cookie file would be.
    #[error(
        "there is no cookie: HOME is not set, so ~/.erlang.cookie cannot be found"
    )]
    NoHome,
    /// Group or others may read or write it.
    #[error("Cookie file {} must be accessible by owner only", .0.display())]
    Exposed(PathBuf),
    /// There is nothing in the file.
    #[error("Cookie file {} is empty", .0.display())]
    Empty(PathBuf),
    /// More than [`MAX_COOKIE`] bytes.
    #[error("Cookie file {} has more than {MAX_COOKIE} characters", .0.display())]
    Long(PathBuf),
    /// Something that Erlang would not take for a cookie either.
    #[error("Bad characters in cookie file {}", .0.display())]
    Characters(PathBuf),
    /// A directory, a pipe, a device.
    #[error("Cookie file {} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// The operating system refuses to read it.
    #[error("Cookie file {} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// There was none, and it could not be made.
    #[error("Cookie file {} cannot be made: {source}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

impl Cookie {
    /// A cookie given as text, as with `--cookie`.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().as_bytes().into())
    }

    /// The cookie in `~/.erlang.cookie`, which Erlang uses too. If there is no such
    /// file, it is made, with 20 random letters and readable by its owner only.
    ///
    /// # Errors
    /// Why there is no cookie, as a sentence.
    pub fn load() -> Result<Self, CookieError> {
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
        let home = home.ok_or(CookieError::NoHome)?;
        Self::load_from(&Path::new(&home).join(".erlang.cookie"))
    }

    /// As [`Cookie::load`], from a file of another name.
    ///
    /// # Errors
    /// Why there is no cookie, as a sentence.
    pub fn load_from(path: &Path) -> Result<Self, CookieError> {
        match read(path) {
            Err(CookieError::Read { source, .. })
                if source.kind() == ErrorKind::NotFound =>
            {
                create(path).map_err(|source| {
                    let path = path.to_owned();
                    CookieError::Create { path, source }
                })?;
                read(path)
            }
            result => result,
        }
    }

    // ANCHOR: digest
    /// What proves to whoever sent `challenge` that we have the cookie: the MD5 digest
    /// of the cookie followed by the challenge in decimal digits.
    // ANCHOR: digest
    pub fn digest(&self, challenge: u32) -> [u8; 16] {
        Md5::new()
            .chain_update(&self.0)
            .chain_update(challenge.to_string())
            .finalize()
            .into()
    }
    // ANCHOR_END: digest

    /// Is this the digest of our cookie and `challenge`? The answer takes the same time
    /// however much of it is right.
    pub fn verify(&self, challenge: u32, digest: &[u8; 16]) -> bool {
        self.digest(challenge).ct_eq(digest).into()
    }
    // ANCHOR_END: digest
}

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cookie(..)")
    }
}

fn read(path: &Path) -> Result<Cookie, CookieError> {
    let failed = |source| {
        let path = path.to_owned();
        CookieError::Read { path, source }
    };
    // Before it is opened: the opening of a pipe waits for somebody to write.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(CookieError::NotAFile(path.to_owned()));
    }
    let file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(CookieError::Exposed(path.to_owned()));
    }
    // Room for a line end, and one byte more to see that it is too long.
    let mut text = Vec::new();
    file.take(MAX_COOKIE as u64 + 3).read_to_end(&mut text).map_err(failed)?;
    parse(&text, path)
}

/// Takes what is printable, as Erlang does; after it only line ends and blanks may
/// stand.
fn parse(text: &[u8], path: &Path) -> Result<Cookie, CookieError> {
    let printable = |byte: &u8| (b' '..=b'~').contains(byte);
    let length = text.iter().take_while(|byte| printable(byte)).count();
    let (cookie, rest) = text.split_at(length);
    if length > MAX_COOKIE {
        return Err(CookieError::Long(path.to_owned()));
    }
    if !rest.iter().all(|byte| b"\r\n ".contains(byte)) {
        return Err(CookieError::Characters(path.to_owned()));
    }
    if cookie.is_empty() {
        return Err(CookieError::Empty(path.to_owned()));
    }
    Ok(Cookie(cookie.into()))
}

/// Makes the file under a name of its own first and links it to the real one, which
/// fails if another node was quicker: nobody ever sees an empty or half-written cookie,
/// and all who start at once read the same one afterwards.
fn create(path: &Path) -> io::Result<()> {
    let text: String =
        (0..LETTERS).map(|_| char::from(rand::random_range(b'A'..=b'Z'))).collect();
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}-{:08x}", std::process::id(), rand::random::<u32>()));
    let made = write_draft(Path::new(&draft), &text)
        .and_then(|()| fs::hard_link(&draft, path))
        .or_else(|error| match error.kind() {
            ErrorKind::AlreadyExists => Ok(()),
            _ => Err(error),
        });
    // If it was not made there is nothing to remove, and `made` says why.
    let _ = fs::remove_file(&draft);
    made
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o400).open(draft)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that goes when the test ends.
    struct Home(PathBuf);

    impl Home {
        fn new() -> Self {
            let name = format!("moebi-cookie-{:016x}", rand::random::<u64>());
            let home = std::env::temp_dir().join(name);
            fs::create_dir(&home).unwrap();
            Self(home)
        }

        fn cookie(&self) -> PathBuf {
            self.0.join(".erlang.cookie")
        }

        fn with(text: &[u8], mode: u32) -> Self {
            let home = Self::new();
            fs::write(home.cookie(), text).unwrap();
            fs::set_permissions(home.cookie(), fs::Permissions::from_mode(mode))
                .unwrap();
            home
        }

        fn load(&self) -> Result<Cookie, CookieError> {
            Cookie::load_from(&self.cookie())
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn a_cookie_is_made_if_there_is_none() {
        let home = Home::new();
        let made = home.load().unwrap();
        assert_eq!(made.0.len(), 20);
        assert!(made.0.iter().all(u8::is_ascii_uppercase));
        let mode = fs::metadata(home.cookie()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o400);
        assert_eq!(fs::read_dir(&home.0).unwrap().count(), 1, "no draft is left");
        assert_eq!(home.load().unwrap().0, made.0, "and it is used from then on");
    }

    #[test]
    fn nodes_that_start_at_once_agree_on_one_cookie() {
        for _ in 0..20 {
            let home = Home::new();
            let cookies: Vec<Cookie> = std::thread::scope(|scope| {
                let nodes: Vec<_> =
                    (0..8).map(|_| scope.spawn(|| home.load().unwrap())).collect();
                nodes.into_iter().map(|node| node.join().unwrap()).collect()
            });
            assert!(cookies.iter().all(|cookie| cookie.0 == cookies[0].0));
        }
    }

    #[test]
    fn a_cookie_that_others_can_read_is_refused() {
        for mode in [0o440, 0o404, 0o620, 0o644] {
            let home = Home::with(b"SECRET", mode);
            let error = home.load().unwrap_err();
            assert!(matches!(error, CookieError::Exposed(_)));
            let path = home.cookie().display().to_string();
            assert_eq!(
                error.to_string(),
                format!("Cookie file {path} must be accessible by owner only")
            );
        }
    }

    #[test]
    fn line_ends_do_not_belong_to_the_cookie() {
        for text in ["SECRET", "SECRET\n", "SECRET\r\n", "SECRET\n\n \n"] {
            let cookie = Home::with(text.as_bytes(), 0o400).load().unwrap();
            assert_eq!(&*cookie.0, b"SECRET", "{text:?}");
        }
    }

    #[test]
    fn what_is_no_cookie_is_refused() {
        let longest = vec![b'x'; MAX_COOKIE];
        assert!(Home::with(&longest, 0o400).load().is_ok());
        for (text, part) in [
            (vec![], "is empty"),
            (b"\n".to_vec(), "is empty"),
            (b"two\nlines".to_vec(), "Bad characters"),
            (b"\xff\xfe".to_vec(), "Bad characters"),
            (vec![b'x'; MAX_COOKIE + 1], "more than 255"),
            (vec![b'x'; 1_000_000], "more than 255"),
        ] {
            let error = Home::with(&text, 0o400).load().unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        let folder = Home::new();
        fs::create_dir(folder.cookie()).unwrap();
        assert!(matches!(folder.load(), Err(CookieError::NotAFile(_))));
        let error = Cookie::load_from(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(matches!(error, CookieError::Create { .. }));
    }

    #[test]
    fn the_digest_is_that_of_erlang() {
        // erlang:md5("SECRET" ++ integer_to_list(4294967295))
        let cookie = Cookie::new("SECRET");
        let digest = cookie.digest(u32::MAX);
        assert_eq!(u128::from_be_bytes(digest), 0xf335ffb3b43b205ab67645d9cbd55727);
        assert!(cookie.verify(u32::MAX, &digest));
        assert!(!cookie.verify(0, &digest));
        assert!(!Cookie::new("SECRET2").verify(u32::MAX, &digest));
    }

    #[test]
    fn a_cookie_does_not_show_itself() {
        assert_eq!(format!("{:?}", Cookie::new("SECRET")), "Cookie(..)");
    }
}
