//! Sessions that cannot be opened.
