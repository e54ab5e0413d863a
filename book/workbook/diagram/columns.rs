//! Who stands where in a diagram, from left to right, and how far apart.

use std::collections::BTreeMap;

use super::causal::{Role, Step};
use super::layout::{
    APART, BESIDE, INSIDE, LOOP, MARGIN, NAME, NAME_LINE, NARROW, NodeBox, ROW,
    label, name_lines, signal_of, width,
};
use super::shorten::shorten;

/// The lifelines from left to right.
pub struct Columns {
    /// Who.
    pub roles: Vec<Role>,
    xs: Vec<f64>,
    /// The boxes' edges, by the names of their nodes.
    edges: BTreeMap<String, (f64, f64)>,
    /// Of the whole.
    pub width: f64,
    /// Where lifelines begin.
    pub top: f64,
}

impl Columns {
    /// Those of a diagram.
    pub fn of(steps: &[Step]) -> Self {
        let roles = arranged(steps);
        let gaps = gaps(&roles, steps);
        let needs = |role: &Role| sides(role, steps);
        let mut x = MARGIN + INSIDE + roles.first().map_or(0.0, |r| needs(r).0);
        let mut xs = Vec::new();
        for at in 0..roles.len() {
            xs.push(x);
            x += gaps.get(at).copied().unwrap_or(0.0);
        }
        let mut edges: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for (role, x) in roles.iter().zip(&xs) {
            let (left, right) = needs(role);
            let (left, right) = (x - left - INSIDE, x + right + INSIDE);
            let edge = edges.entry(role.node.clone()).or_insert((left, right));
            *edge = (edge.0.min(left), edge.1.max(right));
        }
        let right = edges.values().map(|(_, right)| *right).fold(0.0, f64::max);
        let long = |role: &Role| name_lines(&role.name).len() > 1;
        let name = if roles.iter().any(long) { NAME + NAME_LINE } else { NAME };
        Self { roles, xs, edges, width: right + MARGIN, top: name + 9.0 }
    }

    /// How far down a row is.
    pub fn y(&self, row: usize) -> f64 {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        self.top + ROW * (f64::from(row) + 0.8)
    }

    /// Where a lifeline is.
    pub fn x(&self, role: &Role) -> f64 {
        let at = self.roles.iter().position(|known| known == role);
        at.and_then(|at| self.xs.get(at)).copied().unwrap_or_default()
    }

    /// The middle of a text of this width above an arrow: where no line goes through it,
    /// as near to the arrow's middle as can be.
    pub fn clear(&self, from: f64, to: f64, width: f64) -> f64 {
        let (left, right) = (from.min(to), from.max(to));
        let edges = self.edges.values().flat_map(|(a, b)| [*a, *b]);
        let mut lines: Vec<f64> = self.xs.iter().copied().chain(edges).collect();
        lines.retain(|x| *x >= left && *x <= right);
        lines.extend([left, right]);
        lines.sort_by(f64::total_cmp);
        let middle = f64::midpoint(left, right);
        let half = width / 2.0 + 5.0;
        let gaps = lines.iter().zip(lines.iter().skip(1));
        let places = gaps
            .filter(|(a, b)| *b - *a >= 2.0 * half)
            .map(|(a, b)| middle.clamp(a + half, b - half));
        let nearer =
            |a: &f64, b: &f64| (a - middle).abs().total_cmp(&(b - middle).abs());
        places.min_by(nearer).unwrap_or(middle)
    }

    /// Where a node's box is left for a place; for one inside, its left edge.
    pub fn edge(&self, node: &str, to: f64) -> f64 {
        let (left, right) = self.edges.get(node).copied().unwrap_or_default();
        if to > right { right } else { left }
    }

    /// The nodes' boxes.
    pub fn boxes(&self) -> Vec<NodeBox> {
        let named = |(name, (x, right)): (&String, &(f64, f64))| NodeBox {
            name: name.clone(),
            x: *x,
            width: right - x,
        };
        self.edges.iter().map(named).collect()
    }
}

/// How much room a lifeline takes to its left and its right.
fn sides(role: &Role, steps: &[Step]) -> (f64, f64) {
    let name = if role.is_node() { &role.node } else { &role.name };
    let lines = name_lines(name).into_iter().chain([role.node.clone()]);
    let half = lines.map(|line| width(&line)).fold(0.0, f64::max) / 2.0;
    let mut right = half;
    for step in steps {
        let beside = match step {
            Step::Ends(who, reason)
                if who == role || who.is_node() && who.node == role.node =>
            {
                BESIDE + width(&shorten(reason))
            }
            Step::Crosses(s) | Step::Leaves(s)
                if s.from == s.to && s.to == *role =>
            {
                LOOP + 6.0 + width(&label(s))
            }
            _ => 0.0,
        };
        right = right.max(beside);
    }
    let by_node = steps.iter().filter_map(signal_of).filter(|signal| {
        signal.from.is_node() && signal.from.node == role.node && signal.to == *role
    });
    let left = by_node.map(|s| width(&label(s)) + BESIDE).fold(half, f64::max);
    (left, right)
}

/// The distances between neighbours.
fn gaps(roles: &[Role], steps: &[Step]) -> Vec<f64> {
    let pairs = roles.iter().zip(roles.iter().skip(1));
    let mut gaps: Vec<f64> = pairs
        .map(|(left, right)| {
            let texts = sides(left, steps).1 + sides(right, steps).0;
            match left.node == right.node {
                true => NARROW.max(texts + BESIDE),
                false => NARROW.max(texts + 2.0 * INSIDE + APART),
            }
        })
        .collect();
    let at = |role: &Role| {
        let place = roles.iter().position(|known| known == role);
        place.or_else(|| roles.iter().position(|known| known.node == role.node))
    };
    let mut spans: Vec<(usize, usize, f64)> = Vec::new();
    for signal in steps.iter().filter_map(signal_of) {
        if let (Some(from), Some(to)) = (at(&signal.from), at(&signal.to)) {
            let (left, right) = (from.min(to), from.max(to));
            // An arrow from the edge of a box is shorter.
            let less = if signal.from.is_node() { 60.0 } else { 0.0 };
            let room = width(&label(signal)) + 2.0 * BESIDE + less;
            spans.push((left, right, room));
        }
    }
    // The narrow ones first: what they need the wide ones have already.
    spans.sort_by_key(|(left, right, _)| right - left);
    for (left, right, room) in spans.into_iter().filter(|s| s.0 < s.1) {
        let there: f64 = gaps[left..right].iter().sum();
        let missing = room - there;
        if missing > 0.0 {
            let count = u32::try_from(right - left).unwrap_or(1);
            let each = missing / f64::from(count);
            gaps[left..right].iter_mut().for_each(|gap| *gap += each);
        }
    }
    gaps
}

/// Who takes part, from left to right.
fn arranged(steps: &[Step]) -> Vec<Role> {
    let mut nodes: Vec<(String, Vec<Role>)> = Vec::new();
    let mut meet = |role: &Role| {
        let known = nodes.iter_mut().find(|(node, _)| *node == role.node);
        match known {
            Some((_, roles)) if roles.contains(role) => {}
            Some((_, roles)) => roles.push(role.clone()),
            None => nodes.push((role.node.clone(), vec![role.clone()])),
        }
    };
    for step in steps {
        match step {
            Step::Ends(role, _) => meet(role),
            step => signal_of(step).into_iter().for_each(|signal| {
                meet(&signal.from);
                meet(&signal.to);
            }),
        }
    }
    for (_, roles) in &mut nodes {
        // A node speaks from the edge of its box, if there is anybody in it.
        if roles.iter().any(|role| !role.is_node()) {
            roles.retain(|role| !role.is_node());
        }
    }
    let mut orders: Vec<Vec<Role>> = vec![Vec::new()];
    for (_, roles) in &nodes {
        let inside = permutations(roles);
        orders = orders
            .iter()
            .flat_map(|order| {
                inside.iter().map(|more| [order.clone(), more.clone()].concat())
            })
            .collect();
    }
    // The first of the best: in the order in which they come into play.
    orders.into_iter().min_by_key(|order| lengths(order, steps)).unwrap_or_default()
}

/// Of more than so many the order stays as it is: it has too many.
const FEW: usize = 4;

fn permutations(roles: &[Role]) -> Vec<Vec<Role>> {
    if roles.len() > FEW {
        return vec![roles.to_vec()];
    }
    let Some((first, rest)) = roles.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for order in permutations(rest) {
        for at in 0..=order.len() {
            let mut with = order.clone();
            with.insert(at, first.clone());
            all.push(with);
        }
    }
    all.sort_by_key(|order: &Vec<Role>| {
        let place = |role: &Role| roles.iter().position(|known| known == role);
        order.iter().map(place).collect::<Vec<_>>()
    });
    all
}

/// How many lifelines all arrows together pass.
fn lengths(order: &[Role], steps: &[Step]) -> usize {
    let at = |role: &Role| order.iter().position(|known| known == role);
    let signals = steps.iter().filter_map(signal_of);
    signals.filter_map(|s| Some(at(&s.from)?.abs_diff(at(&s.to)?))).sum()
}
