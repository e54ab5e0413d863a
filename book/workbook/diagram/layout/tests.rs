//! No text of a diagram is in the way of another.

use super::*;
use crate::diagram::causal::Log;

impl Label {
    /// Its left and its right end.
    fn span(&self) -> (f64, f64) {
        let width = width(&self.text);
        let left = if self.start { self.x } else { self.x - width / 2.0 };
        (left, left + width)
    }
}

/// All logs there are, and some that have everything.
fn layouts() -> Vec<(String, Layout)> {
    let mut logs = vec![
        "a/x -[exit]-> a/x: oops\na/x x oops\nb/* x SIGKILL\n".to_string(),
        "a/x ~> b/a_rather.long-name: one\na/x -> b/a_rather.long-name: two\n\
         b/a_rather.long-name <~ a/x: one\nb/* -[down]-> a/x: noproc\n\
         a/x -[call]-> c/z: a text that is much too long for any picture\n"
            .to_string(),
    ];
    let lessons = crate::root().join("lessons");
    for lesson in std::fs::read_dir(lessons).unwrap() {
        for file in std::fs::read_dir(lesson.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|ext| ext == "events") {
                let text = std::fs::read_to_string(path).unwrap();
                let sections = crate::diagram::causal::sections(&text).unwrap();
                logs.extend(sections.into_iter().map(|(_, log)| log));
            }
        }
    }
    assert!(logs.len() > 10);
    let layout = |log: String| {
        let steps = Log::parse(&log).unwrap().steps();
        (log, Layout::of(&steps))
    };
    logs.into_iter().map(layout).collect()
}

#[test]
fn no_two_texts_overlap_and_none_stands_outside() {
    for (log, layout) in layouts() {
        let arrows = layout.arrows.iter().map(|arrow| &arrow.label);
        let crosses = layout.crosses.iter().map(|cross| &cross.label);
        let labels: Vec<&Label> =
            arrows.chain(crosses).filter(|l| !l.text.is_empty()).collect();
        for (at, label) in labels.iter().enumerate() {
            let (left, right) = label.span();
            assert!(left >= 0.0 && right <= layout.width, "{log}{label:?}");
            assert!(label.y > layout.top && label.y < layout.height, "{log}");
            for other in &labels[at + 1..] {
                let (start, end) = other.span();
                let beside = right <= start || end <= left;
                let apart = (label.y - other.y).abs() >= 14.0;
                assert!(beside || apart, "{log}{label:?} {other:?}");
            }
        }
    }
}

#[test]
fn names_and_boxes_stand_side_by_side() {
    for (log, layout) in layouts() {
        for (at, line) in layout.lines.iter().enumerate() {
            let half = |line: &Lifeline| {
                line.name.iter().map(|l| width(l)).fold(0.0, f64::max) / 2.0
            };
            for other in &layout.lines[at + 1..] {
                let apart = (line.x - other.x).abs();
                assert!(apart > half(line) + half(other), "{log}{line:?}");
            }
        }
        let mut boxes: Vec<&NodeBox> = layout.boxes.iter().collect();
        boxes.sort_by(|a, b| a.x.total_cmp(&b.x));
        for pair in boxes.windows(2) {
            assert!(pair[0].x + pair[0].width < pair[1].x, "{log}{pair:?}");
        }
    }
}

#[test]
fn an_arrow_has_room_for_what_it_says() {
    for (log, layout) in layouts() {
        for arrow in layout.arrows.iter().filter(|arrow| arrow.from != arrow.to) {
            let (left, right) = arrow.label.span();
            let room = arrow.from.min(arrow.to)..=arrow.from.max(arrow.to);
            assert!(room.contains(&left) && room.contains(&right), "{log}{arrow:?}");
        }
    }
}

#[test]
fn what_waits_in_a_mailbox_is_taken_further_down() {
    let log = "a/x ~> b/y: one\na/x -> b/y: two\nb/y <~ a/x: one\nb/y x normal\n";
    let layout = Layout::of(&Log::parse(log).unwrap().steps());
    assert_eq!(layout.waits.len(), 1);
    assert!(layout.waits[0].to > layout.waits[0].from + ROW);
    assert!(layout.lines[1].end < layout.lines[0].end);
}
