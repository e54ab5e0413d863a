//! What a node's trace says (see `moebi::process::trace`), read line by line.

/// A line of a trace.
#[derive(Debug, Clone)]
pub struct Line {
    /// In microseconds.
    pub time: u64,
    /// The process, as `#PID<kate@localhost.131.0>/CREATION`.
    pub pid: String,
    /// What it did.
    pub what: What,
}

/// What a process did.
#[derive(Debug, Clone)]
pub enum What {
    /// It started.
    Spawned { by: Option<String>, request: Option<String>, runs: String, link: bool },
    /// It is called so.
    Named(String),
    /// It is registered so.
    Registered(String),
    /// Somebody typed a line at it.
    Typed,
    /// It sent a signal.
    Sent(Sent),
    /// It took one.
    Taken(Sent),
    /// It ended.
    Ended { reason: String, by: Option<String> },
    /// Its node stops.
    Stopping,
    /// It is of no importance.
    Forgotten,
}

/// A signal; `other` is whom it is for, or for one that was taken, whom it is from.
#[derive(Debug, Clone)]
pub struct Sent {
    pub kind: String,
    pub other: Option<String>,
    pub key: String,
    pub text: String,
}

/// The lines of a trace. The last may have been cut off with its program.
pub fn read(text: &str) -> Vec<Line> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Line> {
    let fields: Vec<String> = text.split('\t').map(unescaped).collect();
    let [time, pid, what, fields @ ..] = &fields[..] else { return None };
    let there = |field: &String| (field != "-").then(|| field.clone());
    let what = match (what.as_str(), fields) {
        ("spawned", [by, request, runs, link]) => What::Spawned {
            by: there(by),
            request: there(request),
            runs: runs.clone(),
            link: link == "link",
        },
        ("named", [name]) => What::Named(name.clone()),
        ("registered", [name]) => What::Registered(name.clone()),
        ("typed", [_]) => What::Typed,
        ("sent" | "taken", [kind, other, key, text]) => {
            let signal = Sent {
                kind: kind.clone(),
                other: there(other),
                key: key.clone(),
                text: text.clone(),
            };
            if what == "sent" { What::Sent(signal) } else { What::Taken(signal) }
        }
        ("ended", [reason, by]) => {
            What::Ended { reason: reason.clone(), by: there(by) }
        }
        ("stopping", []) => What::Stopping,
        _ => return None,
    };
    Some(Line { time: time.parse().ok()?, pid: pid.clone(), what })
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('t') => out.push('\t'),
                Some('n') => out.push('\n'),
                other => out.extend(other),
            },
            other => out.push(other),
        }
    }
    out
}

/// The node of a pid or of a name, `kate@localhost`.
pub fn node_of(address: &str) -> &str {
    if let Some(pid) = address.strip_prefix("#PID<") {
        let inner = pid.split('>').next().unwrap_or(pid);
        let mut parts = inner.rsplitn(3, '.');
        return parts.nth(2).unwrap_or(inner);
    }
    let inner = address.trim_start_matches('{').trim_end_matches('}');
    inner.rsplit(", ").next().unwrap_or(inner)
}
