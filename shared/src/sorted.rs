//! Sorting of lists that are short by their nature, in few bytes.
//!
//! The standard library's sort is fast with lists of any length, and for that is compiled anew for each type, a kilobyte and
//! more each time. The evidence for one order, or what one page shows, is a hundred entries at most.

use std::cmp::Ordering;

/// The list in this order; what is equal in it stays as it was.
pub fn sorted_by<T>(list: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut sorted = Vec::with_capacity(list.len());
    for item in list {
        let place = sorted.partition_point(|known| compare(known, &item) != Ordering::Greater);
        sorted.insert(place, item);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::sorted_by;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_standard_library(list: Vec<(u8, u32)>, turned in any::<bool>()) {
            let compare = |one: &(u8, u32), other: &(u8, u32)| {
                let order = (one.0 % 8).cmp(&(other.0 % 8));
                if turned { order.reverse() } else { order }
            };
            let mut expected = list.clone();
            expected.sort_by(compare);
            prop_assert_eq!(sorted_by(list, compare), expected);
        }
    }
}
