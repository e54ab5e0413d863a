//! Where everything of a diagram is: time goes down, one row a step.
//!
//! The lifelines of a node stand together in a box. Nodes stand in the order in which
//! they come into play, and so do the processes in them, unless arrows are shorter in
//! another order. As much room is between two lifelines as the texts between them take.

use super::causal::{Role, Signal, Step, TIES};
use super::columns::Columns;
use super::shorten::shorten;

/// The width of a letter of the diagram's font, which is monospaced.
pub const LETTER: f64 = 7.25;
/// The height of a row.
pub const ROW: f64 = 34.0;
/// How far above its arrow a label stands.
pub const ABOVE: f64 = 6.0;
/// Where the names of nodes stand, and those of processes, of up to two lines.
pub const NODE_NAME: f64 = 22.0;
pub const NAME: f64 = 44.0;
pub const NAME_LINE: f64 = 15.0;

/// Around everything.
pub const MARGIN: f64 = 2.0;
/// Between the boxes of two nodes, at least.
pub const APART: f64 = 32.0;
/// Between the edge of a box and what is in it.
pub const INSIDE: f64 = 12.0;
/// Beside a text.
pub const BESIDE: f64 = 12.0;
/// Between two lifelines, at least.
pub const NARROW: f64 = 70.0;
/// How far a signal to oneself goes out.
pub const LOOP: f64 = 26.0;
/// A longer name has two lines.
const LONG_NAME: usize = 12;

/// A diagram.
#[derive(Debug, Default)]
pub struct Layout {
    pub width: f64,
    pub height: f64,
    /// Where lifelines begin.
    pub top: f64,
    pub boxes: Vec<NodeBox>,
    pub lines: Vec<Lifeline>,
    pub arrows: Vec<Arrow>,
    pub waits: Vec<Wait>,
    pub crosses: Vec<Cross>,
}

/// A node.
#[derive(Debug)]
pub struct NodeBox {
    pub name: String,
    pub x: f64,
    pub width: f64,
}

/// A process.
#[derive(Debug)]
pub struct Lifeline {
    /// In one line or two.
    pub name: Vec<String>,
    pub x: f64,
    /// Where it starts; it is drawn fainter above.
    pub start: f64,
    pub end: f64,
    /// Its last signal goes out here: that of its end.
    pub after: f64,
}

/// A signal.
#[derive(Debug)]
pub struct Arrow {
    pub kind: String,
    pub label: Label,
    pub from: f64,
    pub to: f64,
    pub y: f64,
    pub taken: bool,
    /// Does a node itself send it?
    pub by_node: bool,
}

/// A message lies in a mailbox.
#[derive(Debug)]
pub struct Wait {
    pub x: f64,
    pub from: f64,
    pub to: f64,
}

/// A process ends.
#[derive(Debug)]
pub struct Cross {
    pub x: f64,
    pub y: f64,
    pub label: Label,
}

/// A text, and where its middle is, or if `start`, where it begins.
#[derive(Debug, Default)]
pub struct Label {
    pub text: String,
    pub x: f64,
    pub y: f64,
    pub start: bool,
}

pub fn width(text: &str) -> f64 {
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    f64::from(letters) * LETTER
}

/// A name in one line or two, cut after a mark in it.
pub fn name_lines(name: &str) -> Vec<String> {
    let marks = name.match_indices(['_', '.', '-']).map(|(at, _)| at + 1);
    let longer = |at: &usize| (*at).max(name.len() - at);
    let best = marks.filter(|at| *at < name.len()).min_by_key(longer);
    match best.filter(|_| name.len() > LONG_NAME) {
        Some(at) => vec![name[..at].into(), name[at..].into()],
        None => vec![name.into()],
    }
}

/// What stands above an arrow.
pub fn label(signal: &Signal) -> String {
    let Signal { kind, text, .. } = signal;
    let text = match kind.as_str() {
        "message" | "reply" => text.clone(),
        "down" => format!("DOWN {text}"),
        kind if text.is_empty() => kind.to_string(),
        kind => format!("{kind} {text}"),
    };
    shorten(&text)
}

/// What a step is about, besides an end.
pub fn signal_of(step: &Step) -> Option<&Signal> {
    match step {
        Step::Crosses(signal) | Step::Leaves(signal) | Step::Arrives(signal) => {
            Some(signal)
        }
        Step::Ends(..) => None,
    }
}

impl Layout {
    /// The layout of a diagram.
    pub fn of(steps: &[Step]) -> Self {
        let columns = Columns::of(steps);
        let mut layout = Self {
            width: columns.width,
            boxes: columns.boxes(),
            top: columns.top,
            height: columns.y(steps.len()) - ROW / 2.0 + MARGIN,
            ..Self::default()
        };
        for role in columns.roles.iter().filter(|role| !role.is_node()) {
            layout.lines.push(lifeline(role, &columns, steps));
        }
        for (row, step) in steps.iter().enumerate() {
            layout.step(row, step, steps, &columns);
        }
        layout
    }

    fn step(&mut self, row: usize, step: &Step, steps: &[Step], columns: &Columns) {
        let y = columns.y(row);
        match step {
            Step::Ends(role, reason) if role.is_node() => {
                self.node_ends(role, reason, y, columns);
            }
            Step::Ends(role, reason) => {
                let x = columns.x(role);
                let (text, x_text) = (shorten(reason), x + BESIDE);
                let label = Label { text, x: x_text, y: y + 4.0, start: true };
                self.crosses.push(Cross { x, y, label });
            }
            Step::Crosses(signal) => self.arrow(signal, y, true, columns),
            Step::Leaves(signal) => self.arrow(signal, y, false, columns),
            Step::Arrives(signal) => {
                let sent = steps[..row].iter().rposition(
                    |earlier| matches!(earlier, Step::Leaves(s) if s == signal),
                );
                let x = columns.x(&signal.to);
                match sent {
                    Some(sent) => {
                        self.waits.push(Wait { x, from: columns.y(sent), to: y });
                    }
                    None => self.arrow(signal, y, true, columns),
                }
            }
        }
    }

    /// Whoever is still there ends with its node.
    fn node_ends(&mut self, node: &Role, how: &str, y: f64, columns: &Columns) {
        let mut last = None;
        let roles = columns.roles.iter().filter(|role| role.node == node.node);
        for x in roles.map(|role| columns.x(role)) {
            let alive = self.lines.iter_mut().find(|l| l.x == x && l.end > y);
            let seen = alive.is_none_or(|line| {
                line.end = y;
                true
            });
            last = seen.then_some(x).or(last);
            let label = Label::default();
            self.crosses.push(Cross { x, y, label });
        }
        if let (Some(x), Some(cross)) = (last, self.crosses.last_mut()) {
            cross.label =
                Label { text: shorten(how), x: x + BESIDE, y: y + 4.0, start: true };
        }
    }

    fn arrow(&mut self, signal: &Signal, y: f64, taken: bool, columns: &Columns) {
        let to = columns.x(&signal.to);
        let from = match signal.from.is_node() {
            true => columns.edge(&signal.from.node, to),
            false => columns.x(&signal.from),
        };
        // To oneself: it goes out and comes back.
        let start = from == to;
        let text = label(signal);
        let x = match start {
            true => from + LOOP + 6.0,
            false => columns.clear(from, to, width(&text)),
        };
        let y_text = if start { y + 10.0 } else { y - ABOVE };
        let label = Label { text, x, y: y_text, start };
        let (kind, by_node) = (signal.kind.clone(), signal.from.is_node());
        // What ties two processes their nodes note, and no process takes it.
        let taken = taken || TIES.contains(&kind.as_str());
        self.arrows.push(Arrow { kind, label, from, to, y, taken, by_node });
    }
}

fn lifeline(role: &Role, columns: &Columns, steps: &[Step]) -> Lifeline {
    let starts = |step: &Step| match step {
        Step::Crosses(signal) | Step::Arrives(signal) => {
            let starts = signal.kind.starts_with("spawn") || signal.kind == "erpc";
            starts && signal.to == *role
        }
        _ => false,
    };
    let ends = |step: &Step| matches!(step, Step::Ends(who, _) if who == role);
    // A new prompt starts when the old one has ended.
    let old_ends = |step: &Step| match step {
        Step::Ends(who, _) => {
            role.name == "shell-2" && who.node == role.node && who.name == "shell"
        }
        _ => false,
    };
    let start = steps.iter().position(|step| starts(step) || old_ends(step));
    let start = start.map_or(columns.top, |row| columns.y(row));
    let end = steps.iter().position(ends).map(|row| columns.y(row));
    let bottom = columns.y(steps.len()) - ROW / 2.0 - 8.0;
    let end = end.unwrap_or(bottom);
    let sends =
        |step: &Step| signal_of(step).is_some_and(|signal| signal.from == *role);
    let after = steps.iter().rposition(sends).map_or(end, |row| columns.y(row));
    let after = after.max(end);
    Lifeline { name: name_lines(&role.name), x: columns.x(role), start, end, after }
}

#[cfg(test)]
mod tests;
