//! The book as its readers find it: built once, and looked through.

mod pages;
mod program;
mod site;
mod translations;
