//! Is every line answered as the protocol says?

use std::panic::{AssertUnwindSafe, catch_unwind};

use checker::{desk, says};

use super::*;

const OK: &str = "OK\r\n";

/// A client; what it types ends with a newline alone, or with the two signs of the
/// network.
struct Client {
    store: Store,
    end: &'static str,
}

impl Client {
    fn new(end: &'static str) -> Self {
        Self { store: Store::new(), end }
    }

    fn types(&mut self, command: &str) -> String {
        let line = format!("{command}{}", self.end);
        let answered = AssertUnwindSafe(|| answer(&mut self.store, &line));
        let answer = catch_unwind(answered).unwrap_or_else(|_| says("panics"));
        if !answer.ends_with("\r\n") {
            says(if answer.is_empty() { "no_answer" } else { "line_end" });
        }
        answer
    }
}

#[test]
fn every_line_has_its_answer() {
    desk::run(async |desk| {
        let words = [desk.word(), desk.word(), desk.word(), desk.word()];
        let [bucket, key, value, other] = words.each_ref().map(String::as_str);
        values(&mut Client::new("\n"), bucket, key, value);
        line_ends(&mut Client::new("\r\n"), bucket, key, value);
        buckets(&mut Client::new("\n"), bucket, key, value);
        strangers(&mut Client::new("\n"), bucket, key, other);
    });
}

fn values(client: &mut Client, bucket: &str, key: &str, value: &str) {
    if client.types(&format!("CREATE {bucket}")) != OK {
        says("create");
    }
    if client.types(&format!("GET {bucket} {key}")) != "\r\nOK\r\n" {
        says("missing_value");
    }
    if client.types(&format!("PUT {bucket} {key} {value}")) != OK {
        says("put");
    }
    if client.types(&format!("GET {bucket} {key}")) != format!("{value}\r\nOK\r\n") {
        says("get");
    }
    for _ in 0..2 {
        if client.types(&format!("DELETE {bucket} {key}")) != OK {
            says("delete");
        }
    }
    if client.types(&format!("GET {bucket} {key}")) != "\r\nOK\r\n" {
        says("delete");
    }
}

fn line_ends(client: &mut Client, bucket: &str, key: &str, value: &str) {
    client.types(&format!("CREATE {bucket}"));
    client.types(&format!("PUT {bucket}  {key} {value}"));
    let got = client.types(&format!("GET {bucket} {key} "));
    if got != format!("{value}\r\nOK\r\n") {
        says("white_space");
    }
}

fn buckets(client: &mut Client, bucket: &str, key: &str, value: &str) {
    for command in [
        format!("GET {bucket} {key}"),
        format!("PUT {bucket} {key} {value}"),
        format!("DELETE {bucket} {key}"),
        format!("GET {bucket} {key}"),
    ] {
        if client.types(&command) != "NOT FOUND\r\n" {
            says("not_found");
        }
    }
    client.types(&format!("CREATE {bucket}"));
    client.types(&format!("PUT {bucket} {key} {value}"));
    client.types(&format!("CREATE {bucket}"));
    if client.types(&format!("GET {bucket} {key}")) != format!("{value}\r\nOK\r\n") {
        says("create_twice");
    }
}

fn strangers(client: &mut Client, bucket: &str, key: &str, other: &str) {
    client.types(&format!("CREATE {bucket}"));
    for command in [
        other.to_owned(),
        String::new(),
        format!("GET {bucket}"),
        format!("GET {bucket} {key} {other}"),
        format!("PUT {bucket} {key}"),
        format!("CREATE {other} {key}"),
        format!("get {bucket} {key}"),
    ] {
        if client.types(&command) != "UNKNOWN COMMAND\r\n" {
            says("unknown");
        }
    }
}
