//! Numbers as bars, for a terminal.

/// The longest bar, in characters.
const WIDTH: u64 = 40;

/// From nothing to seven eighths of a character.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A line for each: its name, its number, and a bar as long as the number is to the
/// largest.
///
/// ```text
/// apothik_1@127.0.0.1  1026  ████████████████████████████████████████
/// apothik_2@127.0.0.1   996  ██████████████████████████████████████▊
/// ```
pub fn bars(counts: &[(String, u64)]) -> String {
    let largest = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let digits = largest.to_string().len();
    let names = counts.iter().map(|(name, _)| name.chars().count());
    let longest = names.max().unwrap_or(0);
    let line = |(name, count): &(String, u64)| {
        let bar = bar(*count, largest);
        let line = format!("{name:longest$}  {count:digits$}  {bar}");
        line.trim_end().to_owned()
    };
    counts.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn bar(count: u64, largest: u64) -> String {
    let eighths = u128::from(count) * u128::from(WIDTH * 8);
    let eighths = (eighths / u128::from(largest.max(1))) as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
        counts.iter().map(|&(name, count)| (name.to_owned(), count)).collect()
    }

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        let bars = bars(&counts(&[("one", 80), ("two", 41), ("three", 0)]));
        let expected = format!(
            "one    80  {}\ntwo    41  {}▌\nthree   0",
            "█".repeat(40),
            "█".repeat(20)
        );
        assert_eq!(bars, expected);
    }

    #[test]
    fn nothing_has_no_bar() {
        assert_eq!(bars(&[]), "");
        assert_eq!(bars(&counts(&[("kate", 0)])), "kate  0");
    }

    #[test]
    fn numbers_may_be_large() {
        let bars = bars(&counts(&[("kate", u64::MAX), ("alex", u64::MAX / 2)]));
        let widths: Vec<_> =
            bars.lines().map(|line| line.matches('█').count()).collect();
        assert_eq!(widths, [40, 19]);
    }
}
