//! Reports of a small county that was made by hand: whole texts in every format and language, and what a public report
//! must not tell.

mod attacker;
mod comparison;
mod disclosure;
mod figures;
mod layout;
mod stand;
mod texts;
