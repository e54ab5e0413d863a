//! Beside a real Erlang: it hashes terms, and so do we.
//!
//! Ignored, visibly, where no `erl` is installed (Debian has it in erlang-base).

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use moebi::otp::phash2::{Hashable, hash32, phash2, phash2_range};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::process::Command;
use tokio::runtime::Runtime;
use tokio::time::timeout;

#[path = "real_erlang/external.rs"]
mod external;
#[path = "real_erlang/term.rs"]
mod term;

/// An Erlang starts in a second, if the machine has nothing else to do.
const DEADLINE: Duration = Duration::from_secs(60);

/// So many random terms.
const TERMS: u32 = 10_000;

/// Reads a list of terms in the external term format, and prints of each the whole
/// hash, the hash, and the hash by its place in the list.
const PROGRAM: &str = r#"
    [File] = init:get_plain_arguments(),
    {ok, Bytes} = file:read_file(File),
    Terms = binary_to_term(Bytes),
    Line = fun(Term, Place) ->
        Hashes = [erlang:phash2(Term, 1 bsl 32), erlang:phash2(Term),
                  erlang:phash2(Term, Place)],
        {io_lib:format("~b ~b ~b~n", Hashes), Place + 1}
    end,
    {Lines, _} = lists:mapfoldl(Line, 1, Terms),
    io:put_chars(Lines),
    halt().
"#;

fn main() {
    let arguments = Arguments::from_args();
    let mut version = std::process::Command::new("erl");
    version.args(["-noinput", "-eval", "halt()."]).stdout(Stdio::null());
    let missing = version.stderr(Stdio::null()).status().is_err();
    let kind = if missing { "no erl installed" } else { "" };
    let trial = Trial::test("random_terms_hash_alike", random_terms_hash_alike);
    let trials = vec![trial.with_kind(kind).with_ignored_flag(missing)];
    libtest_mimic::run(&arguments, trials).exit();
}

fn random_terms_hash_alike() -> Result<(), Failed> {
    let seed: u64 = rand::random();
    let mut random = StdRng::seed_from_u64(seed);
    let terms: Vec<_> = (0..TERMS).map(|_| term::random(&mut random, 4)).collect();
    let said = Runtime::new()?.block_on(erlang_says(&terms))?;
    let lines: Vec<_> = said.lines().collect();
    if lines.len() != terms.len() {
        return Err(format!("{} hashes of {TERMS} terms", lines.len()).into());
    }
    for ((&term, place), line) in terms.iter().zip(1_u32..).zip(lines) {
        let ours = hashes(term, place)?;
        if line != ours {
            let says =
                format!("Erlang: {line}, ours: {ours}, seed {seed}: {term:?}");
            return Err(says.into());
        }
    }
    Ok(())
}

fn hashes(term: Hashable, place: u32) -> Result<String, Failed> {
    let by_place = phash2_range(term, place.try_into()?);
    Ok(format!("{} {} {by_place}", hash32(term), phash2(term)))
}

/// What the program prints for these terms.
async fn erlang_says(terms: &[Hashable<'_>]) -> Result<String, Failed> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(&external::encoded(terms))?;
    let mut erl = Command::new("erl");
    erl.args(["-noinput", "-boot", "start_clean", "-eval", PROGRAM, "-extra"]);
    erl.arg(file.path()).stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(DEADLINE, erl.output()).await??;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let says = format!("Erlang fails ({}): {error}", output.status);
        return Err(says.into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
