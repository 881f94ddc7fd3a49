//! See `claims_challenge` in `src/targets.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| azure_auth_fuzz::run("claims_challenge", input));
