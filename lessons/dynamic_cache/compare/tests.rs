//! What is measured is what the experiment shows.

use super::*;

fn all() -> Vec<Measured> {
    let kinds = Kind::value_variants();
    kinds.iter().map(|&kind| Measured::new(kind, 20)).collect()
}

fn row(measured: &Measured, nodes: u32) -> &Row {
    let row = measured.rows.iter().find(|row| row.nodes == nodes);
    row.expect("it was measured")
}

#[test]
fn modulo_moves_nearly_all_and_the_others_as_few_as_can_be() {
    let all = all();
    let [modulo, others @ ..] = &all[..] else {
        panic!("there are placements");
    };
    assert_eq!(row(modulo, 5).leave, 4052.0 / 5000.0);
    assert_eq!(row(modulo, 5).spread, 1026.0 / 1000.0);
    for nodes in [2, 10, 20] {
        let (leave, join) = (row(modulo, nodes).leave, row(modulo, nodes).join);
        let expected = 1.0 - 1.0 / f64::from(nodes);
        assert!((leave - expected).abs() < 0.02, "{leave} with {nodes}");
        let expected = 1.0 - 1.0 / f64::from(nodes + 1);
        assert!((join - expected).abs() < 0.02, "{join} with {nodes}");
    }
    for measured in others {
        for row in &measured.rows {
            let (nodes, kind) = (f64::from(row.nodes), measured.kind);
            assert!(row.leave < 1.0 / nodes + 0.02, "{kind}: {}", row.leave);
            assert!(row.join < 1.0 / (nodes + 1.0) + 0.02, "{kind}: {}", row.join);
        }
    }
    let tables = tables(&all);
    assert!(tables.contains("  1 of N      50.0 %  33.3 %  20.0 %"), "{tables}");
    let drawn = drawing::svg(&all);
    for says in ["modulo", "tokens", "rendezvous", "</svg>"] {
        assert!(drawn.contains(says), "{says} is not in the drawing");
    }
}

/// The book shows it.
#[test]
fn the_drawing_in_the_book_is_what_the_code_draws() {
    let kinds = Kind::value_variants().iter();
    let all: Vec<_> = kinds.map(|&kind| Measured::new(kind, MOST)).collect();
    assert!(
        drawing::svg(&all) == include_str!("../compare.svg"),
        "cargo run --bin dynamic_cache -- -e \
         'compare --svg lessons/dynamic_cache/compare.svg' draws it anew"
    );
}
