//! What a program is asked about itself by its arguments, and how it finds the answer.

pub(crate) mod command_line;
mod doctor;
mod explanation;
mod registration;
