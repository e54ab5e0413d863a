//! What a client types, and what it is told.

use std::collections::HashMap;

/// The buckets by their names; in each, the values by their keys.
pub type Store = HashMap<String, HashMap<String, String>>;

/// Does what a line says. The answer is one line or two, each ended by `\r\n`.
pub fn answer(store: &mut Store, line: &str) -> String {
    // Splits at the end of the line as well, whichever of the two it is.
    let words: Vec<&str> = line.split_whitespace().collect();
    let answer = match words[..] {
        ["CREATE", bucket] => {
            // One that is there keeps what it has.
            store.entry(bucket.to_owned()).or_default();
            "OK".to_owned()
        }
        ["PUT", bucket, key, value] => in_bucket(store, bucket, |values| {
            values.insert(key.to_owned(), value.to_owned());
            "OK".to_owned()
        }),
        ["GET", bucket, key] => in_bucket(store, bucket, |values| {
            let value = values.get(key).map_or("", String::as_str);
            format!("{value}\r\nOK")
        }),
        ["DELETE", bucket, key] => in_bucket(store, bucket, |values| {
            values.remove(key);
            "OK".to_owned()
        }),
        _ => "UNKNOWN COMMAND".to_owned(),
    };
    answer + "\r\n"
}

fn in_bucket(
    store: &mut Store,
    bucket: &str,
    command: impl FnOnce(&mut HashMap<String, String>) -> String,
) -> String {
    store.get_mut(bucket).map_or_else(|| "NOT FOUND".to_owned(), command)
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/kv_server/kv_command.rs"]
mod tests;
