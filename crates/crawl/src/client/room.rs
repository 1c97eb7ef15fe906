//! Room for large bodies: a crawl meets few of them, and all its hosts may send one at the same time.
//!
//! Small bodies never wait. A body that grows past a threshold waits for room of that size with what it has so far, so
//! those who wait hold little. Invariant: who waits for room of one size holds room of smaller ones alone, and whoever
//! has the largest waits for none, so it always becomes free.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Above so many bytes a body needs room: and so many of that size may be held at once.
const SIZES: [(usize, usize); 2] = [(SMALL_BYTES, 2), (2 * 1024 * 1024, 1)];
/// Bodies up to this size need none.
pub(crate) const SMALL_BYTES: usize = 512 * 1024;

/// The room of one kind of body.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<[Arc<Semaphore>; SIZES.len()]>);

/// The room that one body takes, given back when nobody holds it any more.
#[derive(Debug, Default)]
pub(crate) struct Held(Vec<OwnedSemaphorePermit>);

impl Room {
    pub(crate) fn new() -> Self {
        Self(Arc::new(SIZES.map(|(_, at_once)| Arc::new(Semaphore::new(at_once)))))
    }

    /// Whether a body of so many bytes needs more than `held`.
    pub(crate) fn is_short(held: &Held, bytes: usize) -> bool {
        SIZES.get(held.0.len()).is_some_and(|(above, _)| bytes > *above)
    }

    /// Waits until `held` is enough for so many bytes.
    pub(crate) async fn widen(&self, held: &mut Held, bytes: usize) {
        while Self::is_short(held, bytes) {
            let next = Arc::clone(&self.0[held.0.len()]);
            held.0.push(next.acquire_owned().await.expect("the semaphore is never closed"));
        }
    }

    /// The most bytes that `held` is enough for; `None` where it is enough for any.
    pub(crate) fn enough_for(held: &Held) -> Option<usize> {
        SIZES.get(held.0.len()).map(|(above, _)| *above)
    }
}

impl Held {
    /// Gives back what a body that came out small does not need.
    pub(crate) fn fit(&mut self, bytes: usize) {
        self.0.truncate(SIZES.iter().filter(|(above, _)| bytes > *above).count());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_bodies_pass_and_the_largest_come_one_at_a_time() {
        let room = Room::new();
        let (mut first, mut second, mut third, mut small) =
            (Held::default(), Held::default(), Held::default(), Held::default());
        room.widen(&mut first, 3 << 20).await;
        room.widen(&mut second, 1 << 20).await;
        room.widen(&mut small, SMALL_BYTES).await;
        assert_eq!((first.0.len(), second.0.len(), small.0.len()), (2, 1, 0));
        {
            // No place of its size is left, nor would there be one of the largest.
            let third_large = room.widen(&mut third, SMALL_BYTES + 1);
            let second_largest = room.widen(&mut second, 3 << 20);
            tokio::pin!(third_large, second_largest);
            assert!(futures::poll!(&mut third_large).is_pending());
            assert!(futures::poll!(&mut second_largest).is_pending());
            first.fit(SMALL_BYTES);
            second_largest.await;
            third_large.await;
        }
        assert_eq!((second.0.len(), third.0.len()), (2, 1));
        assert_eq!((Room::enough_for(&small), Room::enough_for(&second)), (Some(SMALL_BYTES), None));
        assert!(!Room::is_short(&second, usize::MAX) && Room::is_short(&third, usize::MAX));
    }
}
