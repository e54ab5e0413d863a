//! The floor: what raw tokio TCP does with length-prefixed frames. Nothing that uses the
//! same sockets is expected to be faster; how much slower it is, is its price.
//!
//! Traps, each of which makes the floor slower and so whatever is compared with it look
//! better than it is:
//!
//! - The client is a spawned task. The future given to `block_on` is polled by a thread
//!   that is no worker: each wake is handed over from the worker that owns the I/O
//!   driver, and ping-pong is a third slower.
//! - Output is flushed only when no more input lies in the read buffer, or a window of
//!   64 costs 64 system calls.
//! - Without `TCP_NODELAY` a small frame waits for the acknowledgement of the last.
//! - Both ends have the same runtime flavour and worker count as what is compared.
//!
//! And one that makes it faster than it should be: each frame is read into memory of its
//! own, for somebody who may keep it. A server that counts frames and reads them all into
//! one buffer receives twice as many small ones in a second, but has nothing to hand out.
//!
//! ```text
//!      4        1
//!  +--------+------+- - - - -+
//!  | length | kind |  body   |    little endian; the length is that of all after it
//!  +--------+------+- - - - -+
//! ```

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::child::{Child, Role};
use crate::load::{Load, Run, Side, WINDOW};

/// Of each of the two buffers, in bytes.
const BUFFER: usize = 64 * 1024;

/// A frame that comes back as it is.
const ECHO: u8 = 1;

/// A frame that is only counted.
const CAST: u8 = 2;

/// Asks how many were counted, and begins again.
const COUNT: u8 = 3;

/// Raw TCP between this process and another.
pub struct Floor {
    server: Child,
    /// Not here while a task works with it.
    line: Option<Line>,
}

impl Floor {
    /// Starts the server and connects to it.
    pub async fn start(workers: usize) -> crate::Result<Self> {
        let mut server = Child::start(&Role::Floor, workers, 0)?;
        let address = server.line()?;
        let line = Line::new(TcpStream::connect(address).await?)?;
        Ok(Self { server, line: Some(line) })
    }
}

impl Side for Floor {
    async fn run(&mut self, load: Load, count: u64) -> crate::Result<Run> {
        let mut line = self.line.take().ok_or("the floor's line was lost")?;
        let server = [self.server.id()];
        // A task, not this future: see above.
        let task = tokio::spawn(async move {
            let (run, done) = Run::of(&server, count, line.load(load, count)).await;
            done.map(|()| (line, run))
        });
        let (line, run) = task.await??;
        self.line = Some(line);
        Ok(run)
    }
}

/// What the child does.
pub async fn serve() -> crate::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let line = Line::new(stream)?;
        tokio::spawn(line.answer());
    }
}

struct Line {
    input: BufReader<OwnedReadHalf>,
    output: BufWriter<OwnedWriteHalf>,
    /// Of the frame that was read last.
    body: Vec<u8>,
}

impl Line {
    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let (input, output) = stream.into_split();
        Ok(Self {
            input: BufReader::with_capacity(BUFFER, input),
            output: BufWriter::with_capacity(BUFFER, output),
            body: Vec::new(),
        })
    }

    async fn write(&mut self, kind: u8, body: &[u8]) -> io::Result<()> {
        let mut header = [0; 5];
        header[..4].copy_from_slice(&(body.len() as u32 + 1).to_le_bytes());
        header[4] = kind;
        self.output.write_all(&header).await?;
        self.output.write_all(body).await
    }

    /// Reads a frame and returns its kind.
    async fn read(&mut self) -> io::Result<u8> {
        let mut header = [0; 5];
        self.input.read_exact(&mut header).await?;
        let [a, b, c, d, kind] = header;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        self.body = vec![0; length - 1];
        self.input.read_exact(&mut self.body).await?;
        Ok(kind)
    }

    async fn flush_if_idle(&mut self) -> io::Result<()> {
        if self.input.buffer().is_empty() {
            self.output.flush().await?;
        }
        Ok(())
    }

    // ---- The server's part

    async fn answer(mut self) -> io::Result<()> {
        let mut casts = 0_u64;
        loop {
            self.flush_if_idle().await?;
            match self.read().await? {
                ECHO => {
                    let body = std::mem::take(&mut self.body);
                    self.write(ECHO, &body).await?;
                    self.body = body;
                }
                COUNT => {
                    self.write(COUNT, &casts.to_le_bytes()).await?;
                    casts = 0;
                }
                _ => casts += 1,
            }
        }
    }

    // ---- The client's part

    async fn load(&mut self, load: Load, count: u64) -> io::Result<()> {
        match load {
            Load::Casts(size) => self.casts(count, size).await,
            Load::Window => self.echoes(count, WINDOW).await,
            // What it has no likeness of is compared with ping-pong or a window.
            _ => self.echoes(count, 1).await,
        }
    }

    async fn echoes(&mut self, count: u64, window: u64) -> io::Result<()> {
        let mut sent = 0;
        for _ in 0..window {
            self.write(ECHO, &ping(sent)).await?;
            sent += 1;
        }
        for _ in 0..count {
            self.flush_if_idle().await?;
            self.read().await?;
            if sent < count {
                self.write(ECHO, &ping(sent)).await?;
                sent += 1;
            }
        }
        Ok(())
    }

    async fn casts(&mut self, count: u64, size: usize) -> io::Result<()> {
        let body = vec![7; size];
        for _ in 0..count {
            self.write(CAST, &body).await?;
        }
        self.write(COUNT, &[]).await?;
        self.output.flush().await?;
        self.read().await?;
        assert_eq!(self.body, count.to_le_bytes(), "casts were lost");
        Ok(())
    }
}

/// Sixteen bytes.
fn ping(number: u64) -> [u8; 16] {
    let number = u64::MAX - number;
    (u128::from(number) << 64 | u128::from(number)).to_le_bytes()
}
