//! The allocator: a few hundred bytes instead of seven thousand.
//!
//! Blocks come in powers of two, from 16 bytes up. Each size has a list of freed blocks, which are handed out again; new
//! ones are cut from the end of memory, which grows by pages. Nothing is ever merged, so a size that was popular once
//! keeps its blocks: at most a few times what was in use at the peak, and that is some hundred kilobytes here.
#![expect(unsafe_code, reason = "an allocator hands out raw memory")]
#![expect(
    clippy::cast_ptr_alignment,
    reason = "every block is aligned to 16 bytes"
)]

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::{memory_grow, memory_size};
use std::cell::Cell;
use std::ptr::null_mut;

#[global_allocator]
static HEAP: Heap = Heap {
    free: [const { Cell::new(null_mut()) }; SIZES],
    end: Cell::new(0),
    limit: Cell::new(0),
};

const SMALLEST_LOG2: u32 = 4;
/// 2^4 to 2^30 bytes.
const SIZES: usize = 27;
/// Every block starts at a multiple of the smallest size, so no layout may ask for more.
const ALIGN_MAX: usize = 1 << SMALLEST_LOG2;
const PAGE: usize = 65_536;

struct Heap {
    /// Freed blocks of each size, linked through their first word.
    free: [Cell<*mut u8>; SIZES],
    /// The first byte that was never handed out.
    end: Cell<usize>,
    /// The first byte that memory does not have.
    limit: Cell<usize>,
}

// SAFETY: the target has no threads (the build has no `atomics` feature).
unsafe impl Sync for Heap {}

// SAFETY: a block is either in one list or with one caller; it is as long as its size says, and aligned to `ALIGN_MAX`.
// Null is returned when memory cannot grow or the layout is beyond the limits above.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let log2 = log2(layout);
        let Some(list) = self.list(log2) else {
            return null_mut();
        };
        let block = list.get();
        if block.is_null() {
            return self.cut(1 << log2);
        }
        // SAFETY: a freed block holds the address of the next one.
        list.set(unsafe { *block.cast::<*mut u8>() });
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(list) = self.list(log2(layout)) {
            // SAFETY: the block is ours again, and long enough for an address.
            unsafe { *block.cast::<*mut u8>() = list.get() };
            list.set(block);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that `size`, rounded up to the alignment, does not overflow.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if log2(wanted) == log2(layout) {
            return block;
        }
        // SAFETY: the new block is another one, and both are at least as long as what is copied.
        unsafe {
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                block.copy_to_nonoverlapping(moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

impl Heap {
    fn list(&self, log2: u32) -> Option<&Cell<*mut u8>> {
        self.free.get(log2.wrapping_sub(SMALLEST_LOG2) as usize)
    }

    /// A new block from the end of memory.
    fn cut(&self, bytes: usize) -> *mut u8 {
        if self.limit.get() == 0 {
            self.grown_to(memory_size::<0>());
            self.end.set(self.limit.get());
        }
        let start = self.end.get();
        let Some(end) = start.checked_add(bytes) else {
            return null_mut();
        };
        let missing = end.saturating_sub(self.limit.get()).div_ceil(PAGE);
        if missing > 0 {
            let before = memory_grow::<0>(missing);
            if before == usize::MAX {
                return null_mut();
            }
            self.grown_to(before.saturating_add(missing));
        }
        self.end.set(end);
        start as *mut u8
    }

    fn grown_to(&self, pages: usize) {
        self.limit.set(pages.saturating_mul(PAGE));
    }
}

/// The size of the block for this layout, as a power of two; out of range for an alignment that is never asked for.
fn log2(layout: Layout) -> u32 {
    if layout.align() > ALIGN_MAX {
        return u32::MAX;
    }
    let last = layout.size().max(ALIGN_MAX).wrapping_sub(1);
    usize::BITS.wrapping_sub(last.leading_zeros())
}
