//! Serves the book on this machine, to nobody else, and keeps it up to date.

use std::collections::HashMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

use crate::{Language, pages};

/// How many ports to try after the wished one before any port will do.
const TRIES: u16 = 20;

/// Threads that answer: a browser asks for several files at once.
const THREADS: usize = 4;

/// All files of the book by their addresses, `/en/nodes.html`. They are served from
/// memory: a page is there or not, and no address leads to anything else.
#[derive(Default)]
pub struct Pages(HashMap<String, Vec<u8>>);

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
                self.0.insert(address, fs::read(entry.path())?);
            }
        }
        Ok(())
    }

    /// The file at an address, or the page of the folder.
    fn find<'a>(&'a self, address: &'a str) -> Option<(&'a [u8], &'static str)> {
        if let Some(file) = self.0.get(address) {
            return Some((file, content_type(address)));
        }
        let page = format!("{}/index.html", address.trim_end_matches('/'));
        self.0.get(&page).map(|file| (file.as_slice(), content_type("index.html")))
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
        let server = Server::from_listener(listener, None)
            .map_err(|why| anyhow!("cannot serve the book: {why}"))?;
        let server = Arc::new(server);
        let newest =
            Arc::new(Mutex::new(Newest { pages: Arc::new(pages), version: 1 }));
        for _ in 0..THREADS {
            let (server, newest) = (Arc::clone(&server), Arc::clone(&newest));
            std::thread::spawn(move || {
                for request in server.incoming_requests() {
                    // A browser that has gone away needs no answer.
                    let _ = answer(request, &newest);
                }
            });
        }
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

fn answer(request: Request, newest: &Mutex<Newest>) -> std::io::Result<()> {
    let (pages, version) = {
        let newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&newest.pages), newest.version)
    };
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::empty(405));
    }
    let path = request.url().split(['?', '#']).next().unwrap_or("/").to_string();
    match path.as_str() {
        "/version" => {
            let text = Response::from_string(version.to_string());
            request.respond(text.with_header(header("Cache-Control", "no-store")))
        }
        "/" => {
            let to = format!("/{}/index.html", wished(&request).code());
            let redirect = Response::empty(302)
                .with_header(header("Location", &to))
                .with_header(header("Vary", "Accept-Language"));
            request.respond(redirect)
        }
        _ => file(request, &pages, &path),
    }
}

fn wished(request: &Request) -> Language {
    let found = request.headers().iter().find(|h| h.field.equiv("Accept-Language"));
    Language::accepted(found.map_or("", |header| header.value.as_str()))
}

/// A file of the book, or the page that says that there is none, in the language of the
/// address or of the browser.
fn file(request: Request, pages: &Pages, path: &str) -> std::io::Result<()> {
    let (status, (content, kind)) = match pages.find(path) {
        Some(found) => (200, found),
        None => {
            let first = path.split('/').nth(1).unwrap_or_default();
            let spoken = Language::ALL.into_iter().find(|l| l.code() == first);
            let language = spoken.unwrap_or_else(|| wished(&request));
            let page = format!("/{}/{}", language.code(), pages::MISSING);
            let file = pages.0.get(&page).map_or(&[][..], Vec::as_slice);
            (404, (file, content_type(pages::MISSING)))
        }
    };
    let response = Response::from_data(content)
        .with_status_code(StatusCode(status))
        .with_header(header("Content-Type", kind))
        .with_header(header("Cache-Control", "no-store"));
    request.respond(response)
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

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values of ours are ASCII")
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
            |path: &str, text: &str| (path.to_string(), text.as_bytes().to_vec());
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
    fn two_that_want_the_same_port_both_get_one() {
        let first = Site::start(0, pages("a")).unwrap();
        let second = Site::start(first.address().port(), pages("b")).unwrap();
        assert!(ask(&first, "/fr/", "").ends_with("a"));
        assert!(ask(&second, "/fr/", "").ends_with("b"));
    }
}
