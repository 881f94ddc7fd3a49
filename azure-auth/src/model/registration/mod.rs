//! An app registration, as Microsoft Graph has it: what a program needs to be known as.

pub(crate) mod application;
pub(crate) mod vocabulary;
