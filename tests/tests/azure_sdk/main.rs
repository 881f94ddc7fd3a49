//! Clients of the Azure SDK for Rust, with the credentials of a person and of the program.

mod azurite;
mod blobs;
mod credentials;
mod stage;
