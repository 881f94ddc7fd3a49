//! A recorder of atomics, as exporters have them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// Everything that was registered, by name and labels.
#[derive(Default)]
pub(crate) struct AtomicRecorder {
    series: Mutex<BTreeMap<String, Series>>,
}

#[derive(Clone)]
enum Series {
    Counter(Arc<AtomicU64>),
    /// The bits of a floating-point number.
    Gauge(Arc<AtomicU64>),
    Histogram(Arc<Count>),
}

/// How often something was measured.
#[derive(Default)]
struct Count(AtomicU64);

impl HistogramFn for Count {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl AtomicRecorder {
    /// The value of a series such as `name{label="word"}`; of a histogram, how often something was measured. None where it
    /// was never registered.
    #[allow(dead_code, reason = "a measurement looks at none of them")]
    #[allow(clippy::cast_precision_loss, reason = "nothing is counted so often")]
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        let series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        Some(match series.get(name)? {
            Series::Counter(value) => value.load(Ordering::Relaxed) as f64,
            Series::Gauge(value) => f64::from_bits(value.load(Ordering::Relaxed)),
            Series::Histogram(count) => count.0.load(Ordering::Relaxed) as f64,
        })
    }

    /// The names of all series.
    #[allow(dead_code, reason = "a measurement looks at none of them")]
    pub(crate) fn names(&self) -> Vec<String> {
        self.series.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn register(&self, key: &Key, new: fn() -> Series) -> Series {
        let labels: Vec<_> = key.labels().map(|label| format!("{}=\"{}\"", label.key(), label.value())).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let mut series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        series.entry(format!("{}{labels}", key.name())).or_insert_with(new).clone()
    }
}

impl Recorder for AtomicRecorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match self.register(key, || Series::Counter(Arc::default())) {
            Series::Counter(value) => Counter::from_arc(value),
            _ => panic!("{key} is no counter"),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        match self.register(key, || Series::Gauge(Arc::default())) {
            Series::Gauge(value) => Gauge::from_arc(value),
            _ => panic!("{key} is no gauge"),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        match self.register(key, || Series::Histogram(Arc::default())) {
            Series::Histogram(count) => Histogram::from_arc(count),
            _ => panic!("{key} is no histogram"),
        }
    }
}
