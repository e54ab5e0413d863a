//! Serves the book on this machine, to nobody else, and keeps it up to date.

use std::collections::HashMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::http::{self, Request, Response};
use crate::{Language, pages};

/// How many ports to try after the wished one before any port will do.
const TRIES: u16 = 20;

/// All files of the book by their addresses, `/en/nodes.html`. They are served from
/// memory: a page is there or not, and no address leads to anything else.
#[derive(Default)]
pub struct Pages(HashMap<String, Arc<[u8]>>);

impl Pages {
    /// Reads all files of a folder.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut pages = Self::default();
        pages.read_into(folder, "")?;
        Ok(pages)
    }

    fn read_into(&mut self, folder: &Path, address: &str) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let address = format!("{address}/{}", entry.file_name().display());
            if entry.file_type()?.is_dir() {
                self.read_into(&entry.path(), &address)?;
            } else {
                self.0.insert(address, fs::read(entry.path())?.into());
            }
        }
        Ok(())
    }

    /// The file at an address, or the page of the folder.
    fn find(&self, address: &str) -> Option<Response> {
        let page = format!("{}/index.html", address.trim_end_matches('/'));
        [address, &page]
            .into_iter()
            .find_map(|path| Some(shown("200 OK", self.0.get(path)?, path)))
    }
}

/// The newest pages, and their number.
struct Newest {
    pages: Arc<Pages>,
    version: u64,
}

/// A server of pages. It answers as long as the program runs.
pub struct Site {
    address: SocketAddr,
    newest: Arc<Mutex<Newest>>,
}

impl Site {
    /// Serves pages at this port of the loopback address, or at the next free one.
    pub fn start(port: u16, pages: Pages) -> Result<Self> {
        let listener =
            listen(port).context("no port is free to serve the book at")?;
        let address = listener.local_addr()?;
        let newest =
            Arc::new(Mutex::new(Newest { pages: Arc::new(pages), version: 1 }));
        let served = Arc::clone(&newest);
        http::serve(listener, move |request| answer(request, &served));
        Ok(Self { address, newest })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves other pages from now on; those that are open reload themselves.
    pub fn turn_to(&self, pages: Pages) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.version += 1;
        newest.pages = Arc::new(pages);
    }
}

fn listen(port: u16) -> std::io::Result<TcpListener> {
    let last = port.saturating_add(TRIES);
    let wished = port..=last;
    wished
        .chain(std::iter::once(0))
        .map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
        .find_map(Result::ok)
        .map_or_else(|| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)), Ok)
}

fn answer(request: &Request, newest: &Mutex<Newest>) -> Response {
    let (pages, version) = {
        let newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&newest.pages), newest.version)
    };
    match request.path.as_str() {
        "/version" => {
            let text = version.to_string().into_bytes().into();
            shown("200 OK", &text, "version.txt")
        }
        "/" => {
            let to = format!("/{}/index.html", wished(request).code());
            let headers = vec![("Location", to), ("Vary", "Accept-Language".into())];
            Response { status: "302 Found", headers, body: Arc::default() }
        }
        path => pages.find(path).unwrap_or_else(|| missing(request, &pages)),
    }
}

fn wished(request: &Request) -> Language {
    Language::accepted(&request.languages)
}

/// The page that says that there is none, in the language of the address or else of the
/// browser.
fn missing(request: &Request, pages: &Pages) -> Response {
    let first = request.path.split('/').nth(1).unwrap_or_default();
    let spoken = Language::ALL.into_iter().find(|l| l.code() == first);
    let language = spoken.unwrap_or_else(|| wished(request));
    let page = format!("/{}/{}", language.code(), pages::MISSING);
    let file = pages.0.get(&page).cloned().unwrap_or_default();
    shown("404 Not Found", &file, &page)
}

/// A file, which a browser must ask for anew each time, because it may have changed.
fn shown(status: &'static str, file: &Arc<[u8]>, path: &str) -> Response {
    let headers = vec![
        ("Content-Type", content_type(path).to_string()),
        ("Cache-Control", "no-store".into()),
    ];
    Response { status, headers, body: Arc::clone(file) }
}

fn content_type(address: &str) -> &'static str {
    match address.rsplit_once('.').map(|(_, ext)| ext) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::time::Duration;

    use super::{Pages, Site};

    /// What the server says to a request with these further headers.
    fn ask(site: &Site, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(site.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn pages(text: &str) -> Pages {
        let page =
            |path: &str, text: &str| (path.to_string(), text.as_bytes().into());
        let missing = page("/fr/404.html", "introuvable");
        Pages([page("/fr/index.html", text), missing].into_iter().collect())
    }

    #[test]
    fn the_browsers_language_decides_where_to_begin() {
        let site = Site::start(0, pages("bonjour")).unwrap();
        let answer = ask(&site, "/", "Accept-Language: de, fr;q=0.8\r\n");
        assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
        assert!(answer.contains("Location: /fr/index.html\r\n"), "{answer}");
    }

    #[test]
    fn a_page_is_served_and_another_after_a_change() {
        let site = Site::start(0, pages("bonjour")).unwrap();
        assert!(ask(&site, "/fr/?x", "").ends_with("bonjour"));
        assert!(ask(&site, "/version", "").ends_with("\r\n1"));
        site.turn_to(pages("bonsoir"));
        assert!(ask(&site, "/fr/index.html", "").ends_with("bonsoir"));
        assert!(ask(&site, "/version", "").ends_with("\r\n2"));
    }

    #[test]
    fn what_is_not_there_is_said_in_the_language_of_the_address() {
        let site = Site::start(0, pages("bonjour")).unwrap();
        for path in ["/fr/x.html", "/fr/../../Cargo.toml"] {
            let answer = ask(&site, path, "");
            assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
            assert!(answer.ends_with("introuvable"), "{answer}");
        }
    }

    #[test]
    fn connections_that_ask_for_nothing_keep_nobody_waiting() {
        let site = Site::start(0, pages("bonjour")).unwrap();
        let silent: Vec<_> =
            (0..12).map(|_| TcpStream::connect(site.address()).unwrap()).collect();
        assert!(ask(&site, "/fr/", "").ends_with("bonjour"));
        drop(silent);
    }

    #[test]
    fn the_head_of_a_page_says_how_long_it_is() {
        let site = Site::start(0, pages("bonjour")).unwrap();
        let mut stream = TcpStream::connect(site.address()).unwrap();
        stream.write_all(b"HEAD /fr/ HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("Content-Length: 7\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }

    #[test]
    fn two_that_want_the_same_port_both_get_one() {
        let first = Site::start(0, pages("a")).unwrap();
        let second = Site::start(first.address().port(), pages("b")).unwrap();
        assert!(ask(&first, "/fr/", "").ends_with("a"));
        assert!(ask(&second, "/fr/", "").ends_with("b"));
    }
}
