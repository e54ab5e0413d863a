//! As much of HTTP as a browser on the same machine needs (RFC 9110 and 9112).
//!
//! A connection has one request and one answer. A browser opens several at once, some of
//! them in case it might need them later; each has a thread of its own, so none waits
//! for another. (On this machine a new connection costs next to nothing.)

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may wait for what comes next.
const PATIENCE: Duration = Duration::from_secs(30);

/// More than the head of any browser's request.
const LARGEST_HEAD: usize = 16 * 1024;

/// The lines of such a head.
const MOST_HEADERS: usize = 64;

/// What is asked for.
#[derive(Debug, PartialEq)]
pub struct Request {
    /// Without the query.
    pub path: String,
    /// `Accept-Language`, empty if there is none.
    pub languages: String,
    method: String,
}

/// What is answered.
pub struct Response {
    /// The status line's number and words, `404 Not Found`.
    pub status: &'static str,
    /// Names and values, without line ends.
    pub headers: Vec<(&'static str, String)>,
    /// Its length is told to the browser.
    pub body: Arc<[u8]>,
}

/// Answers whatever comes to this listener, as long as the program runs.
pub fn serve<Answer>(listener: TcpListener, answer: Answer)
where
    Answer: Fn(&Request) -> Response + Send + Sync + 'static,
{
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        // A connection that failed before it was taken is not missed.
        for stream in listener.incoming().filter_map(Result::ok) {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                // A browser that has gone away needs no answer.
                let _ = converse(stream, &*answer);
            });
        }
    });
}

fn converse(
    mut stream: TcpStream,
    answer: &dyn Fn(&Request) -> Response,
) -> Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let Some(request) = read(&mut stream)? else { return Ok(()) };
    let only_head = request.method == "HEAD";
    let response = match request.method.as_str() {
        "GET" | "HEAD" => answer(&request),
        _ => Response {
            status: "405 Method Not Allowed",
            headers: vec![("Allow", "GET, HEAD".into())],
            body: Arc::default(),
        },
    };
    write(&mut stream, &response, only_head)?;
    stream.shutdown(Shutdown::Write)
}

/// Reads the head of a request; nothing if the browser did not need the connection.
fn read(stream: &mut impl Read) -> Result<Option<Request>> {
    let mut head = Vec::new();
    let mut part = [0; 2048];
    while head.len() < LARGEST_HEAD {
        let length = stream.read(&mut part)?;
        if length == 0 && head.is_empty() {
            return Ok(None);
        }
        head.extend_from_slice(&part[..length]);
        if let Some(request) = parse(&head)? {
            return Ok(Some(request));
        }
        if length == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Err(Error::new(ErrorKind::InvalidData, "the head of a request is too large"))
}

/// Nothing if there is more to come.
fn parse(head: &[u8]) -> Result<Option<Request>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let whole = request.parse(head).map_err(Error::other)?.is_complete();
    let (Some(method), Some(target), true) = (request.method, request.path, whole)
    else {
        return Ok(None);
    };
    let languages = request
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("Accept-Language"))
        .map_or("".into(), |header| String::from_utf8_lossy(header.value).into());
    Ok(Some(Request {
        path: target.split(['?', '#']).next().unwrap_or_default().into(),
        languages,
        method: method.into(),
    }))
}

fn write(
    stream: &mut impl Write,
    response: &Response,
    only_head: bool,
) -> Result<()> {
    let Response { status, headers, body } = response;
    let mut out = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in headers {
        out += &format!("{name}: {value}\r\n");
    }
    let length = body.len();
    out += &format!("Content-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(out.as_bytes())?;
    if !only_head {
        stream.write_all(body)?;
    }
    stream.flush()
}

#[cfg(test)]
mod tests {
    use super::{Request, parse};

    #[test]
    fn a_request_is_read_when_its_head_is_complete() {
        let head =
            b"GET /fr/nodes.html?search=x HTTP/1.1\r\naccept-language: fr\r\n";
        assert_eq!(parse(head).unwrap(), None);
        let expected = Request {
            path: "/fr/nodes.html".into(),
            languages: "fr".into(),
            method: "GET".into(),
        };
        assert_eq!(parse(&[head, &b"\r\n"[..]].concat()).unwrap(), Some(expected));
    }

    #[test]
    fn what_is_no_request_is_an_error() {
        assert!(parse(b"\x16\x03\x01\x02\x00 hello\r\n\r\n").is_err());
    }
}
