//! What was measured as a drawing: three panels, one below the other.
//!
//! The book has it inside its pages, light or dark. So there is no paper, and what is
//! written has the colour of the text around it (`currentColor`); a file that stands alone
//! has it black.

use svg::Document;
use svg::node::element::{Group, Polyline, Text, Title};

use super::measure::{KEYS, MOST, Measured};
use crate::placement::Kind;

mod panel;

use panel::{HEIGHT, WIDTH};

/// Where the first panel begins, and how far the next is from it.
const LEFT: f64 = 56.0;
const TOP: f64 = 76.0;
const STEP: f64 = 228.0;

/// What is written, and lines that matter.
const INK: &str = "currentColor";

/// Who listens to a page hears the title, and the page says more.
const TITLE: &str = "placement-title";

/// Colours that stand out from light and from dark, also for those who do not see red and
/// green. Tokens and rendezvous lie on each other: a broad line, and a narrow one with
/// gaps.
fn style(kind: Kind) -> (&'static str, f64, &'static str) {
    match kind {
        Kind::Modulo => ("#c85800", 2.5, "none"),
        Kind::Tokens => ("#2a7fbf", 6.0, "none"),
        Kind::Rendezvous => (INK, 1.8, "6 4"),
    }
}

/// The whole drawing.
pub fn svg(all: &[Measured]) -> String {
    let size = (LEFT + WIDTH + 24.0, TOP + 2.0 * STEP + HEIGHT + 52.0);
    let title = format!("Where {KEYS} keys go, on N nodes from 2 to {MOST}");
    let mut drawing = Document::new()
        .set("width", size.0)
        .set("height", size.1)
        .set("viewBox", (0, 0, size.0, size.1))
        .set("role", "img")
        .set("aria-labelledby", TITLE)
        .set("lang", "en")
        .set("font-family", "sans-serif")
        .set("font-size", 14)
        .add(Title::new(title).set("id", TITLE))
        .add(legend(all));
    for (place, panel) in panel::panels(all).iter().enumerate() {
        let top = TOP + STEP * place as f64;
        let at = format!("translate({LEFT} {top})");
        drawing = drawing.add(panel.drawn(all).set("transform", at));
    }
    format!("{drawing}\n")
}

/// A piece of each line, with what it stands for.
fn legend(all: &[Measured]) -> Group {
    let mut legend = Group::new();
    for (place, measured) in all.iter().enumerate() {
        let (left, kind) = (LEFT + 140.0 * place as f64, measured.kind);
        legend = legend
            .add(curve(kind, &[(left, 20.0), (left + 32.0, 20.0)]))
            .add(words(left + 40.0, 25.0, kind.to_string()));
    }
    legend
}

fn words(x: f64, y: f64, says: impl Into<String>) -> Text {
    let x = (10.0 * x).round() / 10.0;
    Text::new(says.into()).set("x", x).set("y", y).set("fill", INK)
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
