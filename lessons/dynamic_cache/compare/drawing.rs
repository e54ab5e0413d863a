//! What was measured as a drawing: three panels side by side.

use svg::Document;
use svg::node::element::{Group, Polyline, Rectangle, Text};

use super::measure::{KEYS, MOST, Measured};
use crate::placement::Kind;

mod panel;

use panel::{HEIGHT, WIDTH};

/// Where the first panel begins, and how far the next is from it.
const LEFT: f64 = 60.0;
const TOP: f64 = 108.0;
const STEP: f64 = 352.0;

const INK: &str = "#222222";
const GREY: &str = "#666666";

/// Colours that also those can tell apart who do not see red and green. Tokens and
/// rendezvous lie on each other: a broad line, and a narrow one with gaps.
fn style(kind: Kind) -> (&'static str, f64, &'static str) {
    match kind {
        Kind::Modulo => ("#d55e00", 2.0, "none"),
        Kind::Tokens => ("#56b4e9", 4.5, "none"),
        Kind::Rendezvous => ("#004c73", 1.6, "5 3"),
    }
}

/// The whole drawing.
pub fn svg(all: &[Measured]) -> String {
    let size = (LEFT + 2.0 * STEP + WIDTH + 28.0, TOP + HEIGHT + 60.0);
    let paper = Rectangle::new().set("width", "100%").set("height", "100%");
    let mut drawing = Document::new()
        .set("width", size.0)
        .set("height", size.1)
        .set("viewBox", (0, 0, size.0, size.1))
        .set("font-family", "DejaVu Sans, Verdana, Arial, sans-serif")
        .set("font-size", 12)
        .add(paper.set("fill", "white"))
        .add(heading())
        .add(legend(all));
    for (place, panel) in panel::panels(all).iter().enumerate() {
        let left = LEFT + STEP * place as f64;
        let at = format!("translate({left} {TOP})");
        drawing = drawing.add(panel.drawn(all).set("transform", at));
    }
    format!("{drawing}\n")
}

fn heading() -> Text {
    let says = format!("Where {KEYS} keys go, on N nodes from 2 to {MOST}");
    words(LEFT, 34.0, says, INK).set("font-size", 17).set("font-weight", "bold")
}

/// A piece of each line, with what it stands for.
fn legend(all: &[Measured]) -> Group {
    let mut legend = Group::new();
    for (place, measured) in all.iter().enumerate() {
        let (left, kind) = (LEFT + 130.0 * place as f64, measured.kind);
        legend = legend
            .add(curve(kind, &[(left, 58.0), (left + 30.0, 58.0)]))
            .add(words(left + 38.0, 62.0, kind.to_string(), INK));
    }
    legend
}

fn words(x: f64, y: f64, says: impl Into<String>, colour: &str) -> Text {
    Text::new(says.into()).set("x", x).set("y", y).set("fill", colour)
}

fn curve(kind: Kind, points: &[(f64, f64)]) -> Polyline {
    let (colour, width, dashes) = style(kind);
    let points = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
    Polyline::new()
        .set("points", points.collect::<Vec<_>>().join(" "))
        .set("fill", "none")
        .set("stroke", colour)
        .set("stroke-width", width)
        .set("stroke-dasharray", dashes)
        .set("stroke-linejoin", "round")
}
