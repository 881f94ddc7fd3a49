//! What an endpoint of any type is, where it is something of the library's.

use std::any::Any;
use std::cell::Cell;

/// `endpoint` as a `T`, made into something else; itself, where it is another type.
pub(super) fn recognize<E: 'static, T: 'static, R>(endpoint: E, make: impl FnOnce(T) -> R) -> Result<R, E> {
    // A value can be taken out of an option by who knows its type, and by nobody else.
    let endpoint = Cell::new(Some(endpoint));
    let known = recognize_in::<_, Cell<Option<T>>>(&endpoint).and_then(Cell::take);
    match (known, endpoint.into_inner()) {
        (Some(known), _) => Ok(make(known)),
        (None, Some(other)) => Err(other),
        (None, None) => unreachable!("it was taken, or it is there"),
    }
}

/// The same to look at.
pub(super) fn recognize_in<E: 'static, T: 'static>(endpoint: &E) -> Option<&T> {
    (endpoint as &dyn Any).downcast_ref()
}
