//! What keeps a program from starting.
