//! The book as its readers find it: built once, and looked through.

mod consoles;
mod errors;
mod pages;
mod program;
mod semantics;
mod site;
mod translations;
