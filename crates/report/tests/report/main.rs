//! Tests with the reports of a small county: whole texts in every format and language, disclosure control, and
//! comparison.

mod attacker;
mod comparison;
mod disclosure;
mod figures;
mod layout;
mod page;
mod small_county;
mod texts;
