//! A provider that is down, or answers something else.
