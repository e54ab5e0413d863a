//! A client: the process that reads what one says, and answers.
//!
//! It is all that a client has on this node. While the client says nothing the process
//! waits, and costs a few kilobytes; if it waits for a bucket, other clients do not.

use std::io;

use moebi::{Process, Reason};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::command;
use super::lines::Lines;
use super::router::Router;

/// The body of the process. It ends with the connection, and an error of the socket is
/// just that: a client who has gone, and no crash.
pub async fn serve(
    me: Process,
    stream: TcpStream,
    router: Router,
) -> Result<(), Reason> {
    let _ = converse(&me, stream, &router).await;
    Ok(())
}

// ANCHOR: converse
/// Who sends many commands without waiting for answers gets them in order, and as many
/// at once as were asked for at once. Who does not read the answers is not read from
/// either: then we wait, and nobody else does.
async fn converse(
    me: &Process,
    mut stream: TcpStream,
    router: &Router,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = Lines::default();
    while lines.fill(&stream).await? {
        let mut answers = String::new();
        while let Some(line) = lines.next() {
            match line {
                Ok(line) => answers += &command::run(me, router, &line).await,
                Err(error) => answers += &format!("{error}\r\n"),
            }
        }
        stream.write_all(answers.as_bytes()).await?;
    }
    Ok(())
}
// ANCHOR_END: converse
