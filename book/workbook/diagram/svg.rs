//! A layout, drawn. Colours are those of the text around it, and what is behind a label is
//! the page's background, so that it is right in every theme and on paper; the rules are
//! in `theme/workbook.css`.

use std::fmt::{self, Write};

use super::layout::{
    Arrow, Cross, LOOP, Label, Layout, Lifeline, NAME_LINE, NODE_NAME, NodeBox, Wait,
};

/// How large an arrow's head is, and half a cross.
const HEAD: f64 = 9.0;
const CROSS: f64 = 6.0;

/// The text as HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The drawing, with the id of its title.
pub fn draw(layout: &Layout, id: &str, title: &str) -> String {
    let mut out = String::new();
    let drawn = Drawing { out: &mut out }.whole(layout, id, title);
    drawn.expect("a String takes all that is written to it");
    out
}

struct Drawing<'a> {
    out: &'a mut String,
}

impl Drawing<'_> {
    fn whole(&mut self, layout: &Layout, id: &str, title: &str) -> fmt::Result {
        let Layout { width, height, .. } = layout;
        // Of the size of the text: whoever reads large letters has a large picture.
        let (rem_wide, rem_high) = (width / 10.0, height / 10.0);
        writeln!(
            self.out,
            "<svg role=\"img\" aria-labelledby=\"{id}\" style=\"--wide:{rem_wide:.1}rem\" width=\"{rem_wide:.1}rem\" \
             height=\"{rem_high:.1}rem\" viewBox=\"0 0 {width:.0} {height:.0}\">\n\
             <title id=\"{id}\">{}</title>",
            escape(title)
        )?;
        for node in &layout.boxes {
            self.node(node, *height)?;
        }
        for line in &layout.lines {
            self.lifeline(line, layout.top)?;
        }
        for wait in &layout.waits {
            self.wait(wait)?;
        }
        for arrow in &layout.arrows {
            self.arrow(arrow)?;
        }
        for cross in &layout.crosses {
            self.cross(cross)?;
        }
        // Last, so that no line goes through a text.
        let labels = layout.arrows.iter().map(|arrow| &arrow.label);
        for label in labels.chain(layout.crosses.iter().map(|cross| &cross.label)) {
            self.label(label)?;
        }
        writeln!(self.out, "</svg>")
    }

    fn node(&mut self, node: &NodeBox, height: f64) -> fmt::Result {
        let NodeBox { name, x, width } = node;
        let (middle, inner) = (x + width / 2.0, height - 4.0);
        writeln!(
            self.out,
            "<rect class=\"node\" x=\"{x:.1}\" y=\"2\" width=\"{width:.1}\" \
             height=\"{inner:.1}\" rx=\"6\"/>\n\
             <text class=\"node-name\" x=\"{middle:.1}\" y=\"{NODE_NAME}\">{}</text>",
            escape(name)
        )
    }

    fn lifeline(&mut self, line: &Lifeline, top: f64) -> fmt::Result {
        let Lifeline { name, x, start, end, after } = line;
        // One line stands as low as the second of two.
        let last = top - 9.0;
        let first = if name.len() == 1 { last } else { last - NAME_LINE };
        for (text, y) in name.iter().zip([first, last]) {
            let text = escape(text);
            writeln!(self.out, "<text x=\"{x:.1}\" y=\"{y}\">{text}</text>")?;
        }
        if *start > top {
            writeln!(
                self.out,
                "<path class=\"not-yet\" d=\"M{x:.1} {top}V{start:.1}\"/>"
            )?;
        }
        if after > end {
            writeln!(
                self.out,
                "<path class=\"not-yet\" d=\"M{x:.1} {end:.1}V{after:.1}\"/>"
            )?;
        }
        writeln!(
            self.out,
            "<path class=\"line\" d=\"M{x:.1} {start:.1}V{end:.1}\"/>"
        )
    }

    /// Beside the lifeline, from where the message has come to where it is taken.
    fn wait(&mut self, wait: &Wait) -> fmt::Result {
        let Wait { x, from, to } = wait;
        let out = x + CROSS;
        writeln!(
            self.out,
            "<path class=\"wait\" d=\"M{x:.1} {from:.1}H{out:.1}V{to:.1}H{x:.1}\"/>\n\
             <circle class=\"full\" cx=\"{x:.1}\" cy=\"{to:.1}\" r=\"4\"/>"
        )
    }

    fn arrow(&mut self, arrow: &Arrow) -> fmt::Result {
        let Arrow { from, to, y, taken, by_node, .. } = arrow;
        let class = class_of(arrow);
        let forward = if to > from { 1.0 } else { -1.0 };
        // What is not taken stops at the door of the mailbox.
        let tip = if *taken { *to } else { to - forward * 5.0 };
        let (base, path) = if from == to {
            let (out, low) = (from + LOOP, y + 12.0);
            let path = format!("M{from:.1} {y:.1}H{out:.1}V{low:.1}H{tip:.1}");
            ((tip + HEAD, low), path)
        } else {
            let base = tip - forward * HEAD;
            ((base, *y), format!("M{from:.1} {y:.1}H{base:.1}"))
        };
        writeln!(self.out, "<path class=\"{class}\" d=\"{path}\"/>")?;
        let ((x, y_head), half) = (base, HEAD / 2.5);
        let (up, down) = (y_head - half, y_head + half);
        writeln!(
            self.out,
            "<path class=\"{class} head\" \
             d=\"M{x:.1} {up:.1}L{tip:.1} {y_head:.1}L{x:.1} {down:.1}z\"/>"
        )?;
        if !taken {
            writeln!(
                self.out,
                "<circle class=\"empty\" cx=\"{to:.1}\" cy=\"{y_head:.1}\" r=\"4\"/>"
            )?;
        }
        if *by_node {
            let (left, top) = (from - 3.5, y - 3.5);
            writeln!(
                self.out,
                "<rect class=\"full\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"7\" \
                 height=\"7\"/>"
            )?;
        }
        Ok(())
    }

    fn cross(&mut self, cross: &Cross) -> fmt::Result {
        let Cross { x, y, .. } = cross;
        let (left, right) = (x - CROSS, x + CROSS);
        let (top, bottom) = (y - CROSS, y + CROSS);
        writeln!(
            self.out,
            "<path class=\"cross\" d=\"M{left:.1} {top:.1}L{right:.1} {bottom:.1}\
             M{left:.1} {bottom:.1}L{right:.1} {top:.1}\"/>"
        )
    }

    fn label(&mut self, label: &Label) -> fmt::Result {
        let Label { text, x, y, start } = label;
        if text.is_empty() {
            return Ok(());
        }
        let class = if *start { "label start" } else { "label" };
        writeln!(
            self.out,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escape(text)
        )
    }
}

/// How an arrow looks.
fn class_of(arrow: &Arrow) -> &'static str {
    match arrow.kind.as_str() {
        "reply" => "arrow reply",
        "link" | "unlink" | "monitor" => "arrow tie",
        "exit" | "down" => "arrow end",
        kind if kind.starts_with("spawn") || kind == "erpc" => "arrow spawn",
        _ => "arrow",
    }
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::diagram::causal::Log;
    use crate::diagram::layout::Layout;

    #[test]
    fn a_drawing_is_one_block_and_escapes_what_it_shows() {
        let log = "a/x -> b/y: {<b>, \"q\" & more}\nb/y x oops\n";
        let steps = Log::parse(log).unwrap().steps();
        let svg = draw(&Layout::of(&steps), "id", "a & b");
        assert!(svg.contains("{&lt;b&gt;, &quot;q&quot; &amp; more}"), "{svg}");
        assert!(svg.contains("<title id=\"id\">a &amp; b</title>"));
        // A blank line would end the block of HTML.
        assert!(!svg.contains("\n\n"));
        assert_eq!(svg.matches("class=\"cross\"").count(), 1);
    }
}
