//! Replays the scripts of the lessons with real processes: `cargo test --test scripts`.
//!
//! What a script is, and how to write one, is said in `script/mod.rs`.

mod script;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if std::env::var_os(script::FAKE).is_some() {
        return script::fake_node();
    }
    let arguments = Arguments::from_args();
    let update = std::env::var_os("UPDATE_GOLDENFILES").is_some_and(|v| v == "1");
    let proofs = script::proofs().into_iter().map(|(name, proof)| {
        Trial::test(format!("runner::{name}"), move || {
            proof();
            Ok(())
        })
    });
    let scripts = find_scripts().into_iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().display().to_string();
        Trial::test(format!("script::{name}"), move || {
            script::run_file(&path, update)
                .map_err(|why| format!("{}\n{why}", path.display()).into())
        })
    });
    libtest_mimic::run(&arguments, scripts.chain(proofs).collect()).exit_code()
}

/// `lessons/*/*.script`, in the order of their names.
fn find_scripts() -> Vec<PathBuf> {
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    let files = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
    };
    let mut scripts: Vec<PathBuf> = files(&lessons)
        .iter()
        .flat_map(|lesson| files(lesson))
        .filter(|path| path.extension().is_some_and(|ext| ext == "script"))
        .collect();
    scripts.sort();
    scripts
}
