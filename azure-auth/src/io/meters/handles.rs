//! Handles of a recorder; without the feature `metrics` the same names, and nothing behind them.

#[cfg(feature = "metrics")]
pub(crate) use recorded::*;
#[cfg(not(feature = "metrics"))]
pub(crate) use unrecorded::*;

/// A word of this source for each label of a metric, in the order of the catalogue.
pub(crate) type Words<'w> = &'w [&'static str];

#[cfg(feature = "metrics")]
mod recorded {
    pub(crate) use metrics::{Counter, Gauge, Histogram};
    use metrics::{Key, Label, Level, Metadata, Unit, with_recorder};

    use super::Words;
    use crate::io::clock;
    use crate::io::meters::catalogue::{Kind, Metric};
    use crate::model::moment::Moment;

    static METADATA: Metadata<'static> = Metadata::new("azure_auth", Level::INFO, Some(module_path!()));

    pub(crate) fn counter(metric: &Metric, words: Words<'_>) -> Counter {
        with_recorder(|recorder| recorder.register_counter(&key(metric, words), &METADATA))
    }

    pub(crate) fn gauge(metric: &Metric, words: Words<'_>) -> Gauge {
        with_recorder(|recorder| recorder.register_gauge(&key(metric, words), &METADATA))
    }

    pub(crate) fn histogram(metric: &Metric, words: Words<'_>) -> Histogram {
        with_recorder(|recorder| recorder.register_histogram(&key(metric, words), &METADATA))
    }

    pub(crate) fn describe(metric: &Metric) {
        let (name, description) = (metric.name.into(), metric.description.into());
        with_recorder(|recorder| match metric.kind {
            Kind::Counter => recorder.describe_counter(name, Some(Unit::Count), description),
            Kind::Gauge if metric.name.ends_with("_seconds") => {
                recorder.describe_gauge(name, Some(Unit::Seconds), description);
            }
            Kind::Gauge => recorder.describe_gauge(name, Some(Unit::Count), description),
            Kind::Histogram => recorder.describe_histogram(name, Some(Unit::Seconds), description),
        });
    }

    fn key(metric: &Metric, words: Words<'_>) -> Key {
        debug_assert_eq!(metric.labels.len(), words.len(), "{}", metric.name);
        let labels = metric.labels.iter().zip(words).map(|(label, word)| Label::from_static_parts(label, word));
        Key::from_parts(metric.name, labels.collect::<Vec<_>>())
    }

    /// When something began.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Stopwatch(Moment);

    impl Stopwatch {
        pub(crate) fn start() -> Self {
            Self(clock::moment())
        }

        /// The seconds since then.
        pub(crate) fn seconds(self) -> f64 {
            clock::moment().since(self.0).as_secs_f64()
        }
    }
}

#[cfg(not(feature = "metrics"))]
#[allow(clippy::unused_self, clippy::trivially_copy_pass_by_ref, reason = "the other handles need what these do not")]
mod unrecorded {
    use super::Words;
    use crate::io::meters::catalogue::Metric;

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Counter;

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Gauge;

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Histogram;

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Stopwatch;

    pub(crate) fn counter(_: &Metric, _: Words<'_>) -> Counter {
        Counter
    }

    pub(crate) fn gauge(_: &Metric, _: Words<'_>) -> Gauge {
        Gauge
    }

    pub(crate) fn histogram(_: &Metric, _: Words<'_>) -> Histogram {
        Histogram
    }

    pub(crate) fn describe(_: &Metric) {}

    impl Counter {
        pub(crate) fn increment(&self, _: u64) {}
    }

    impl Gauge {
        pub(crate) fn set(&self, _: f64) {}
    }

    impl Histogram {
        pub(crate) fn record(&self, _: f64) {}
    }

    impl Stopwatch {
        pub(crate) fn start() -> Self {
            Self
        }

        pub(crate) fn seconds(self) -> f64 {
            0.0
        }
    }
}
