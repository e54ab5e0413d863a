//! Lines, out of the bytes that come from a socket.
//!
//! TCP keeps the order of bytes and nothing else: what a client writes at once may come in
//! pieces, and what it writes in pieces at once. Nor does a stranger keep to any length.
//! So what has come is kept until there is the end of a line, and thrown away if that
//! does not come.

use std::io;

use bytes::BytesMut;
use tokio::net::TcpStream;

/// A line of more bytes than this, its end included, is none.
pub const LIMIT: usize = 8 * 1024;

/// How much is read at once.
const BLOCK: usize = 8 * 1024;

/// What has come of a client's lines, and was not taken yet.
#[derive(Default)]
pub struct Lines {
    bytes: BytesMut,
    /// The rest of a line that was too long is still to come.
    skipping: bool,
}

/// What was sent instead of a line.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum LineError {
    #[error("LINE TOO LONG")]
    TooLong,
    #[error("NOT UTF-8")]
    NotText,
}

impl Lines {
    /// Takes what has come; `false` if no more will. Waits until there is something, and
    /// meanwhile needs no memory for it: the block is on the stack, and not there while
    /// we wait. Ten thousand clients that say nothing cost next to nothing.
    pub async fn fill(&mut self, stream: &TcpStream) -> io::Result<bool> {
        loop {
            stream.readable().await?;
            match self.read(stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Ok(read? > 0),
            }
        }
    }

    fn read(&mut self, stream: &TcpStream) -> io::Result<usize> {
        let mut block = [0; BLOCK];
        let length = stream.try_read(&mut block)?;
        self.push(&block[..length]);
        Ok(length)
    }

    /// Adds what has come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    // ANCHOR: next
    /// The next line that is whole, if there is one. Of a line that is too long one
    /// hears as soon as that is clear, and once.
    pub fn next(&mut self) -> Option<Result<String, LineError>> {
        loop {
            let Some(end) = self.bytes.iter().position(|&byte| byte == b'\n') else {
                return self.unfinished();
            };
            let line = self.bytes.split_to(end + 1);
            if !std::mem::take(&mut self.skipping) {
                return Some(text(&line));
            }
        }
    }
    // ANCHOR_END: next

    fn unfinished(&mut self) -> Option<Result<String, LineError>> {
        let too_long = self.bytes.len() > LIMIT;
        let first = too_long && !self.skipping;
        self.skipping |= too_long;
        if self.skipping || self.bytes.is_empty() {
            self.bytes = BytesMut::new();
        }
        first.then_some(Err(LineError::TooLong))
    }
}

fn text(line: &[u8]) -> Result<String, LineError> {
    if line.len() > LIMIT {
        return Err(LineError::TooLong);
    }
    let text = std::str::from_utf8(line).map_err(|_| LineError::NotText)?;
    Ok(text.to_owned())
}
