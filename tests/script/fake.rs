//! A fake node: the test program itself, started again, with a prompt that can do
//! everything the runner must be able to cope with.

use std::io::{self, BufRead, Write};
use std::net::TcpStream;
use std::process::ExitCode;

/// With this in its environment, the test program is a fake node.
pub const FAKE: &str = "MOEBI_FAKE_NODE";

/// What the fake node is.
pub fn fake_node() -> ExitCode {
    play().unwrap_or(ExitCode::FAILURE)
}

fn play() -> io::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut out = io::stdout();
    if args.iter().any(|arg| arg == "--in-use") {
        writeln!(out, "the name is in use")?;
        return Ok(ExitCode::from(1));
    }
    if args.iter().any(|arg| arg == "--args") {
        writeln!(out, "{}", args.join("|"))?;
    }
    // Whoever listens there learns from the end of the connection that we are gone.
    let _lifeline = match std::env::var("MOEBI_FAKE_LIFELINE") {
        Ok(address) => Some(TcpStream::connect(address)?),
        Err(_) => None,
    };
    out.write_all(b"\x04\n")?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
        if let Some(status) = obey(command, rest, &mut out)? {
            return Ok(status);
        }
    }
    if args.iter().any(|arg| arg == "--goodbye") {
        writeln!(out, "goodbye")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn obey(
    command: &str,
    rest: &str,
    out: &mut impl Write,
) -> io::Result<Option<ExitCode>> {
    match command {
        // Several lines, between which a | stands.
        "say" => writeln!(out, "{}", rest.replace('|', "\n"))?,
        "spell" => {
            let letters: Vec<String> = rest.chars().map(String::from).collect();
            writeln!(out, "{}", letters.join(" "))?;
        }
        "ask" => write!(out, "{rest}")?,
        "log" => writeln!(io::stderr(), "{}", rest.replace('|', "\n"))?,
        // Answers first, and then says something more.
        "later" => {
            let all = format!("\x04\n{}\n", rest.replace('|', "\n"));
            // In one piece, so that whoever has seen the mark has the rest, too.
            out.write_all(all.as_bytes())?;
            return Ok(None);
        }
        // Says it, and then says it again before it is asked anything.
        "echo" => {
            out.write_all(format!("{rest}\n\x04\n{rest}\n").as_bytes())?;
            return Ok(None);
        }
        "twice" => {
            out.write_all(b"\x04\n\x04\n")?;
            return Ok(None);
        }
        // Never answers, and does not even end with its input.
        "hang" => loop {
            std::thread::park();
        },
        "die" => return Ok(Some(ExitCode::from(rest.parse().unwrap_or(1)))),
        _ => writeln!(out, "unknown: {command} {rest}")?,
    }
    out.write_all(b"\x04\n")?;
    out.flush()?;
    Ok(None)
}
