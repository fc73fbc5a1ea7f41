//! The list of throw-away mail domains, once for an isolate.
//!
//! `edge/js/domains.js` reads it from the assets before the first order or event of an isolate is decided, and waits for it only
//! so long. Without it one signal is missing, and everything is decided all the same.

use std::cell::RefCell;

use goodword_shared::risk::list::HashList;

thread_local! {
    static DOMAINS: RefCell<Option<HashList>> = const { RefCell::new(None) };
}

/// Whether the list is here.
pub(crate) fn is_known() -> bool {
    DOMAINS.with_borrow(Option::is_some)
}

/// Takes a packed list. One that was cut is taken for none.
pub(crate) fn learn(packed: &[u8]) {
    if let Ok(list) = HashList::unpack(packed) {
        DOMAINS.set(Some(list));
    }
}

/// Whether a domain is on the list.
pub(crate) fn contains(domain: &str) -> bool {
    DOMAINS.with_borrow(|list| list.as_ref().is_some_and(|list| list.contains(domain)))
}

#[cfg(test)]
mod tests {
    use goodword_shared::risk::list::HashList;

    use super::{contains, is_known, learn};

    #[test]
    fn a_list_that_was_cut_is_none_and_a_whole_one_stays() {
        let packed = HashList::of(["a.example", "b.example"].into_iter()).pack();
        learn(&packed[..packed.len() - 1]);
        assert!(!is_known() && !contains("a.example"));
        learn(&packed);
        assert!(is_known() && contains("a.example") && !contains("c.example"));
    }
}
