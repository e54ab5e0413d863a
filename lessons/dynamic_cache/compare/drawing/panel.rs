//! One panel of the drawing: a grid, and a curve for each placement.

use svg::node::element::{Group, Line};

use super::super::measure::{KEYS, MOST, Measured, Row};
use super::{INK, curve, words};

/// A panel's size in pixels, without what is written around it.
pub const WIDTH: f64 = 560.0;
pub const HEIGHT: f64 = 144.0;

/// From one line of the grid to the next.
const GRID_STEP: f64 = 0.25;

/// What a panel shows.
pub struct Panel {
    title: String,
    value: fn(&Row) -> f64,
    label: fn(f64) -> String,
    /// The values at the bottom and at the top.
    range: (f64, f64),
}

/// All three.
pub fn panels(all: &[Measured]) -> [Panel; 3] {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    let rows = all.iter().flat_map(|measured| &measured.rows);
    let widest = rows.map(|row| row.spread).fold(1.0, f64::max);
    [
        Panel {
            title: format!("Of {KEYS} keys move, when one of N nodes leaves"),
            value: |row| row.leave,
            label: percent,
            range: (0.0, 1.0),
        },
        Panel {
            title: format!("Of {KEYS} keys move, when one joins N nodes"),
            value: |row| row.join,
            label: percent,
            range: (0.0, 1.0),
        },
        Panel {
            title: "The fullest of N nodes has, where 1 is the average".into(),
            value: |row| row.spread,
            label: |spread| format!("{spread:.2}"),
            range: (1.0, (widest / GRID_STEP).ceil() * GRID_STEP),
        },
    ]
}

impl Panel {
    /// As it lies at the origin.
    pub fn drawn(&self, all: &[Measured]) -> Group {
        let mut panel = Group::new().add(words(0.0, -14.0, self.title.as_str()));
        let (bottom, top) = self.range;
        let lines = ((top - bottom) / GRID_STEP).round() as u32;
        for value in (0..=lines).map(|line| bottom + f64::from(line) * GRID_STEP) {
            let y = self.y(value);
            let label = words(-8.0, y + 5.0, (self.label)(value));
            let strength = if value == bottom { 0.8 } else { 0.2 };
            panel =
                panel.add(level(y, strength)).add(label.set("text-anchor", "end"));
        }
        for nodes in [2, 20, 40, 60, 80, MOST] {
            let label = words(x(nodes), HEIGHT + 20.0, nodes.to_string());
            panel = panel.add(label.set("text-anchor", "middle"));
        }
        let below = words(WIDTH / 2.0, HEIGHT + 40.0, "N");
        panel = panel.add(below.set("text-anchor", "middle"));
        for Measured { kind, rows } in all {
            let point = |row: &Row| (x(row.nodes), self.y((self.value)(row)));
            let points: Vec<_> = rows.iter().map(point).collect();
            panel = panel.add(curve(*kind, &points));
        }
        panel
    }

    fn y(&self, value: f64) -> f64 {
        let (bottom, top) = self.range;
        HEIGHT * (top - value) / (top - bottom)
    }
}

fn x(nodes: u32) -> f64 {
    WIDTH * f64::from(nodes - 2) / f64::from(MOST - 2)
}

fn level(y: f64, strength: f64) -> Line {
    let line = Line::new().set("x1", 0).set("x2", WIDTH).set("y1", y).set("y2", y);
    line.set("stroke", INK).set("stroke-opacity", strength)
}
