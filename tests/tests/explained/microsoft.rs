//! Microsoft's errors.
