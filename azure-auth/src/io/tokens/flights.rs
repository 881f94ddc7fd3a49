//! One question at a time: whoever asks meanwhile waits for the same answer.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::watch;

/// Questions under way. Each goes on to its end whoever stops waiting for it: the provider may have answered already.
#[derive(Debug)]
pub(crate) struct Flights<K, V> {
    under_way: Mutex<HashMap<K, watch::Receiver<Option<V>>>>,
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self { under_way: Mutex::default() }
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + Sync + 'static> Flights<K, V> {
    /// The answer of the question under way, or of a new one. None: it broke off without an answer.
    pub(crate) async fn join(self: &Arc<Self>, key: K, ask: impl FnOnce() -> BoxFuture<'static, V>) -> Option<V> {
        let mut answer = self.begin(key, ask);
        let answered = answer.wait_for(Option::is_some).await.ok()?;
        answered.clone()
    }

    /// The same without waiting.
    pub(crate) fn begin(
        self: &Arc<Self>,
        key: K,
        ask: impl FnOnce() -> BoxFuture<'static, V>,
    ) -> watch::Receiver<Option<V>> {
        let mut under_way = self.lock();
        if let Some(answer) = under_way.get(&key) {
            return answer.clone();
        }
        let (sender, answer) = watch::channel(None);
        under_way.insert(key.clone(), answer.clone());
        drop(under_way);
        let landing = Landing { flights: self.clone(), key };
        let question = ask();
        tokio::spawn(async move {
            let value = question.await;
            // First it is over for those who come, then those who wait are told.
            drop(landing);
            sender.send_replace(Some(value));
        });
        answer
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, watch::Receiver<Option<V>>>> {
        // Nothing under this lock can panic half-way.
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a question out of those under way, however it ends.
struct Landing<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + Sync + 'static> {
    flights: Arc<Flights<K, V>>,
    key: K,
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + Sync + 'static> Drop for Landing<K, V> {
    fn drop(&mut self) {
        self.flights.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;
    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn all_who_ask_meanwhile_get_the_answer_of_one_question() {
        let (flights, gate) = (Arc::new(Flights::<u8, usize>::default()), Arc::new(Notify::new()));
        let asked = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let (gate, asked) = (gate.clone(), asked.clone());
            move || {
                let number = asked.fetch_add(1, Ordering::Relaxed);
                async move {
                    gate.notified().await;
                    number
                }
                .boxed()
            }
        };
        let waiting: Vec<_> = (0..100).map(|_| flights.join(1, ask())).collect();
        let opened = async {
            tokio::task::yield_now().await;
            gate.notify_one();
        };
        let (answers, ()) = tokio::join!(join_all(waiting), opened);
        assert!(answers.iter().all(|answer| *answer == Some(0)));
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        gate.notify_one();
        assert_eq!(flights.join(1, ask()).await, Some(1), "the next question is a new one");
    }

    #[tokio::test]
    async fn a_question_goes_on_when_nobody_waits_for_it_any_more() {
        let flights = Arc::new(Flights::<u8, u8>::default());
        let (sender, mut ended) = tokio::sync::oneshot::channel();
        drop(flights.begin(1, || {
            async move {
                let _ = sender.send(());
                7
            }
            .boxed()
        }));
        (&mut ended).await.unwrap();
    }

    #[tokio::test]
    async fn a_question_that_breaks_off_answers_nobody_and_blocks_nobody() {
        let flights = Arc::new(Flights::<u8, u8>::default());
        assert_eq!(flights.join(1, || async { panic!("on purpose") }.boxed()).await, None);
        assert_eq!(flights.join(1, || async { 7 }.boxed()).await, Some(7));
    }
}
