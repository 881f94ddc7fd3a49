//! What is told to somebody beside the requests that cause it: one after the other, in order, and no request waits.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::clock;
use super::once_a_minute::OnceAMinute;

/// Who is told, as slow as they like.
pub(crate) trait Listener<T>: Send + Sync + 'static {
    fn hear(&self, item: T) -> BoxFuture<'_, ()>;

    /// So many did not find room.
    fn lost(&self, count: u64) -> BoxFuture<'_, ()>;
}

/// What waits to be told. What finds no room is counted, said in the log, and told to the listener when it has time.
///
/// A task of its own tells. It begins with the first one, and ends with the queue.
pub(crate) struct Queue<T, L> {
    room: usize,
    sender: Mutex<Option<Sender<T>>>,
    shared: Arc<Shared<L>>,
}

struct Shared<L> {
    listener: L,
    lost: AtomicU64,
    noted: OnceAMinute,
}

impl<T: Send + 'static, L: Listener<T>> Queue<T, L> {
    pub(crate) fn new(room: usize, listener: L) -> Self {
        let shared = Shared { listener, lost: AtomicU64::new(0), noted: OnceAMinute::default() };
        Self { room, sender: Mutex::default(), shared: Arc::new(shared) }
    }

    /// Puts it at the end, or loses it.
    pub(crate) fn push(&self, item: T) {
        // Nothing under this lock can panic half-way.
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let item = match sender.as_ref() {
            None => item,
            Some(sender) => match sender.try_send(item) {
                Ok(()) => return,
                Err(TrySendError::Full(_)) => return self.shared.lose(),
                // The runtime that it was told on has ended.
                Err(TrySendError::Closed(item)) => item,
            },
        };
        let Ok(runtime) = Handle::try_current() else { return self.shared.lose() };
        let (new, receiver) = mpsc::channel(self.room);
        if new.try_send(item).is_err() {
            self.shared.lose();
        }
        runtime.spawn(tell(Rest { receiver, shared: self.shared.clone() }));
        *sender = Some(new);
    }
}

impl<L> Shared<L> {
    fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
        if let Some(held_back) = self.noted.passes("lost", clock::moment()) {
            tracing::warn!(
                target: "azure_auth::events",
                lost = 1 + held_back,
                "events are lost: the application's `AuthEvents` are slower than what happens"
            );
        }
    }

    /// Whoever panics is told the next one all the same.
    async fn guarded(&self, told: impl Future<Output = ()>) {
        if AssertUnwindSafe(told).catch_unwind().await.is_err()
            && let Some(held_back) = self.noted.passes("panic", clock::moment())
        {
            tracing::error!(
                target: "azure_auth::events",
                held_back = (held_back > 0).then_some(held_back),
                "the application's `AuthEvents` panicked; the next event is told all the same"
            );
        }
    }

    async fn hear<T>(&self, item: T)
    where
        L: Listener<T>,
    {
        self.guarded(async { self.listener.hear(item).await }).await;
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            self.guarded(async { self.listener.lost(lost).await }).await;
        }
    }
}

/// What is not told yet.
struct Rest<T, L: Listener<T>> {
    receiver: Receiver<T>,
    shared: Arc<Shared<L>>,
}

async fn tell<T, L: Listener<T>>(mut rest: Rest<T, L>) {
    while let Some(item) = rest.receiver.recv().await {
        rest.shared.hear(item).await;
    }
}

impl<T, L: Listener<T>> Drop for Rest<T, L> {
    /// Where the runtime ends first, nobody can wait any more; a listener that does not wait hears all of it.
    fn drop(&mut self) {
        self.receiver.close();
        while let Ok(item) = self.receiver.try_recv() {
            // Where it would have to wait, it is over.
            let _ = self.shared.hear(item).now_or_never();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::{Semaphore, mpsc::UnboundedSender};

    use super::*;
    use crate::io::clock::test_clock;

    /// Takes a permit for each that it hears, and says so.
    struct Slow {
        permits: Arc<Semaphore>,
        says: UnboundedSender<String>,
    }

    impl Listener<u32> for Slow {
        fn hear(&self, item: u32) -> BoxFuture<'_, ()> {
            assert_ne!(item, 13, "a listener that panics before it promises anything");
            Box::pin(async move {
                self.permits.acquire().await.unwrap().forget();
                assert_ne!(item, 17, "a listener that panics");
                self.says.send(item.to_string()).unwrap();
            })
        }

        fn lost(&self, count: u64) -> BoxFuture<'_, ()> {
            Box::pin(async move { self.says.send(format!("lost {count}")).unwrap() })
        }
    }

    type Stage = (Queue<u32, Slow>, Arc<Semaphore>, mpsc::UnboundedReceiver<String>);

    fn stage(room: usize, permits: usize) -> Stage {
        let (says, hears) = mpsc::unbounded_channel();
        let permits = Arc::new(Semaphore::new(permits));
        (Queue::new(room, Slow { permits: permits.clone(), says }), permits, hears)
    }

    async fn heard(hears: &mut mpsc::UnboundedReceiver<String>, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(hears.recv().await.unwrap());
        }
        all
    }

    #[tokio::test]
    async fn a_listener_that_is_at_work_keeps_nobody_waiting_and_hears_how_many_it_missed() {
        let (queue, permits, mut hears) = stage(3, 0);
        queue.push(0);
        while queue.sender.lock().unwrap().as_ref().unwrap().capacity() < 3 {
            tokio::task::yield_now().await;
        }
        // One is in its hands, three wait, and the rest finds no room.
        for item in 1..=10 {
            queue.push(item);
        }
        permits.add_permits(4);
        assert_eq!(heard(&mut hears, 5).await, ["0", "lost 7", "1", "2", "3"]);
        permits.add_permits(1);
        queue.push(11);
        assert_eq!(heard(&mut hears, 1).await, ["11"], "and goes on");
    }

    #[tokio::test]
    async fn a_listener_that_panics_hears_the_next_one() {
        let (queue, _permits, mut hears) = stage(8, 8);
        for item in [1, 13, 2, 17, 3] {
            queue.push(item);
        }
        assert_eq!(heard(&mut hears, 3).await, ["1", "2", "3"]);
    }

    #[tokio::test]
    async fn the_task_tells_what_is_left_when_the_queue_is_gone_and_then_ends() {
        let (queue, permits, mut hears) = stage(8, 0);
        (1..=3).for_each(|item| queue.push(item));
        drop(queue);
        permits.add_permits(3);
        assert_eq!(heard(&mut hears, 3).await, ["1", "2", "3"]);
        assert_eq!(hears.recv().await, None, "nobody holds the listener");
    }

    #[test]
    fn a_queue_outlives_the_runtime_it_began_on() {
        let (queue, _permits, mut hears) = stage(8, 8);
        queue.push(1);
        assert!(hears.try_recv().is_err(), "there is no runtime yet");
        let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
        for items in [[2, 3], [4, 5]] {
            let runtime = runtime();
            let entered = runtime.enter();
            for item in items {
                queue.push(item);
            }
            drop(entered);
            // It ends before the task has had a turn.
            drop(runtime);
        }
        let mut all = Vec::new();
        while let Ok(text) = hears.try_recv() {
            all.push(text);
        }
        assert_eq!(all, ["2", "lost 1", "3", "4", "5"]);
    }

    #[tokio::test]
    async fn what_is_lost_is_said_once_a_minute() {
        let (queue, _permits, _hears) = stage(1, 0);
        let passes = || queue.shared.noted.passes("lost", clock::moment());
        (0..10).for_each(|item| queue.push(item));
        assert_eq!(passes(), None);
        test_clock::pass(Duration::from_secs(60));
        assert_eq!(
            passes(),
            Some(9),
            "the task had no turn: one waits, nine are lost, one of them was said, and we asked"
        );
    }
}
