//! Which function a process runs, as far as the name of a type says it.

/// `watch` of `chat::room::watch`, and `init` of `<Room as Server>::init`; of a closure, the
/// function that it stands in.
pub(super) fn function_of(body: &str) -> String {
    let path = without_brackets(body);
    let is_name = |name: &&str| !name.is_empty() && !name.starts_with('{');
    let name = path.rsplit("::").find(is_name);
    name.unwrap_or(&path).to_owned()
}

/// A path without what stands between angle brackets: types of arguments, and the type
/// that a method belongs to.
fn without_brackets(path: &str) -> String {
    let (mut out, mut depth, mut before) = (String::new(), 0_usize, ' ');
    for letter in path.chars() {
        match letter {
            '<' => depth += 1,
            // That of `fn() -> u8` closes nothing.
            '>' if before != '-' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(letter),
            _ => {}
        }
        before = letter;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::function_of;

    #[test]
    fn a_function_is_found_in_the_name_of_any_body() {
        for (body, function) in [
            ("chat::room::watch", "watch"),
            ("chat::room::watch::{{closure}}::{{closure}}", "watch"),
            ("kv::server::accept<kv::Router>::{{closure}}", "accept"),
            ("<chat::Room as moebi::Server>::init::{{closure}}", "init"),
            ("cache::copies::<impl cache::Cache>::copy::{{closure}}", "copy"),
            ("<a::B<fn(u8) -> c::D> as e::F<g::H>>::run", "run"),
            ("chat::Room<u8>", "Room"),
            ("kate", "kate"),
        ] {
            assert_eq!(function_of(body), function, "{body}");
        }
    }
}
