//! Owned C objects, which are destroyed when they go out of scope.

use std::ptr::NonNull;

/// An object of the C library that this process owns.
///
/// Invariant: `object` comes from a constructor of librdkafka that passes ownership to its caller, `destroy` is its
/// destructor, and nothing else destroys it.
pub(crate) struct Handle<T> {
    object: NonNull<T>,
    destroy: unsafe extern "C" fn(*mut T),
}

impl<T> Handle<T> {
    /// Takes ownership of the result of a constructor; `None` if it is null.
    ///
    /// # Safety
    /// `object` is null, or owned by the caller and not yet destroyed; `destroy` is its destructor.
    pub(crate) unsafe fn own(object: *mut T, destroy: unsafe extern "C" fn(*mut T)) -> Option<Self> {
        NonNull::new(object).map(|object| Self { object, destroy })
    }

    /// The object, for a call of the C library. It is valid as long as this handle.
    pub(crate) const fn as_ptr(&self) -> *mut T {
        self.object.as_ptr()
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        // SAFETY: by the invariant of the type the object is alive, owned by this handle, and this is its destructor.
        unsafe { (self.destroy)(self.object.as_ptr()) }
    }
}
