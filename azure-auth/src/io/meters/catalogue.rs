//! Every metric, once: its name with its unit, its labels, and what it says.

/// One metric.
#[cfg_attr(not(feature = "metrics"), allow(dead_code, reason = "no recorder is told"))]
pub(crate) struct Metric {
    /// In the manner of Prometheus: the unit is its last word, before `total`.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) labels: &'static [&'static str],
    pub(crate) description: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    /// Of times, in seconds.
    Histogram,
}

pub(crate) const SIGN_INS: Metric = Metric {
    name: "azure_auth_sign_ins_total",
    kind: Kind::Counter,
    labels: &["outcome"],
    description: "Sign-ins that ended in a session, and sign-ins that failed, by the code of the refusal",
};

pub(crate) const REFUSALS: Metric = Metric {
    name: "azure_auth_refusals_total",
    kind: Kind::Counter,
    labels: &["code"],
    description: "Refusals by code, with those that the log held back",
};

pub(crate) const CACHE_LOOKUPS: Metric = Metric {
    name: "azure_auth_cache_lookups_total",
    kind: Kind::Counter,
    labels: &["cache", "outcome"],
    description: "Requests whose session or access token this process knew already, and requests whose it did not",
};

pub(crate) const RENEWALS: Metric = Metric {
    name: "azure_auth_session_renewals_total",
    kind: Kind::Counter,
    labels: &["outcome"],
    description: "Sessions that were to be noted as seen",
};

pub(crate) const SESSIONS: Metric = Metric {
    name: "azure_auth_sessions",
    kind: Kind::Gauge,
    labels: &["store"],
    description: "Sessions that are kept in this process",
};

pub(crate) const CREDENTIAL_END: Metric = Metric {
    name: "azure_auth_credential_end_timestamp_seconds",
    kind: Kind::Gauge,
    labels: &[],
    description: "When the program's certificate ends, in Unix time",
};

pub(crate) const KEYS_LOADED: Metric = Metric {
    name: "azure_auth_keys_loaded_timestamp_seconds",
    kind: Kind::Gauge,
    labels: &[],
    description: "When the provider's keys were last fetched, in Unix time",
};

pub(crate) const PROVIDER_REQUESTS: Metric = Metric {
    name: "azure_auth_provider_request_duration_seconds",
    kind: Kind::Histogram,
    labels: &["request", "outcome"],
    description: "How long the provider took to answer",
};

pub(crate) const STORE_OPERATIONS: Metric = Metric {
    name: "azure_auth_store_operation_duration_seconds",
    kind: Kind::Histogram,
    labels: &["store", "operation", "outcome"],
    description: "How long the session store took",
};

/// In the order of docs/operations.md.
pub(crate) const ALL: [&Metric; 9] = [
    &SIGN_INS,
    &REFUSALS,
    &RENEWALS,
    &SESSIONS,
    &CACHE_LOOKUPS,
    &CREDENTIAL_END,
    &KEYS_LOADED,
    &PROVIDER_REQUESTS,
    &STORE_OPERATIONS,
];
