//! As much of a text as there is room for above an arrow: all of it is said in words.

/// A longer text is shortened.
const LONG: usize = 28;
/// One that is shortened, and still longer, is cut off.
const LONGEST: usize = 48;

/// The text, or what of it matters most to a reader: `{keep, {view, [a, b]}, "home"}` may
/// become `{keep, …, "home"}`.
pub fn shorten(text: &str) -> String {
    let length = |text: &str| text.chars().count();
    if length(text) <= LONG {
        return text.to_string();
    }
    let short = without_inner(text);
    if length(&short) < length(text) && length(&short) <= LONGEST {
        return short;
    }
    let kept: String = text.chars().take(LONG - 1).collect();
    format!("{}…", kept.trim_end())
}

/// What stands between two brackets, or around all of them.
#[derive(Default)]
struct Group {
    text: String,
    /// Is there something in quotes in it?
    quotes: bool,
}

/// The text with `…` for each tuple or list in another that has nothing in quotes. What is
/// in quotes is what somebody has typed, and so what a reader looks for.
fn without_inner(text: &str) -> String {
    let mut groups = vec![Group::default()];
    let (mut quoted, mut before) = (false, ' ');
    for letter in text.chars() {
        if letter == '"' && before != '\\' {
            quoted = !quoted;
        }
        if !quoted && matches!(letter, '{' | '[') {
            groups.push(Group::default());
        }
        let Some(group) = groups.last_mut() else { return text.to_string() };
        group.text.push(letter);
        group.quotes |= quoted;
        if !quoted && matches!(letter, '}' | ']') {
            close(&mut groups);
        }
        before = letter;
    }
    match &groups[..] {
        [all] => all.text.clone(),
        // Brackets without an end.
        _ => text.to_string(),
    }
}

/// Puts the last group into the one around it.
fn close(groups: &mut Vec<Group>) {
    let inner = groups.len() > 2;
    let (Some(last), Some(around)) = (groups.pop(), groups.last_mut()) else {
        return;
    };
    around.quotes |= last.quotes;
    around.text += if inner && !last.quotes { "…" } else { &last.text };
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn a_long_text_loses_what_nobody_has_typed() {
        let view = "{view_id, [apothik_1/Apothik.Cluster], nil}";
        let keep =
            format!("call {{keep, {view}, [{{\"ho}}me\", {{entry, {view}}}}}]}}");
        assert_eq!(shorten(&keep), "call {keep, …, [{\"ho}me\", …}]}");
        assert_eq!(shorten("{ok, [1, 2]}"), "{ok, [1, 2]}");
        let quote = r#"{say, "a \" and [", {of_somebody_with, a_long_name}}"#;
        assert_eq!(shorten(quote), r#"{say, "a \" and [", …}"#);
    }

    #[test]
    fn what_cannot_be_shortened_is_cut_off() {
        let plain = "a message of some length, and more";
        assert_eq!(shorten(plain), "a message of some length, a…");
        let open = "{a_tuple, [that, has, no], end, at_all";
        assert_eq!(shorten(open), "{a_tuple, [that, has, no],…");
        let close = "} and then {something}, much more of it";
        assert_eq!(shorten(close), "} and then {something}, muc…");
    }
}
