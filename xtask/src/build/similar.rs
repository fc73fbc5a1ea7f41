//! The order of functions in which a compressor finds most of one again in those before it.
//!
//! gzip looks back 32 KB, and a function of the Worker is far smaller: which ones lie near each other decides how much is
//! written twice. The order of names brings together what was made from one source. This goes by the code itself: what
//! comes next is whatever shares most with the last 30 KB. That is found by counting the short pieces that two functions
//! have in common, so the same functions always get the same order, on every machine.

use std::collections::{HashMap, VecDeque};

/// How long the pieces are that are looked for: what is shared longer counts several times.
const LENGTHS: [usize; 3] = [4, 8, 16];
/// A piece that more functions have than this is near everywhere, and costs little wherever it is.
const HOLDERS_MAX: usize = 200;
/// What gzip looks back, less what it needs to be there in time.
const WINDOW: usize = 30_000;
/// Functions shorter than this are judged as if they were this long, or the shortest would all come first.
const SHORT: usize = 60;

/// Numbers of functions, in their new order.
pub(super) fn order(functions: &[&[u8]]) -> Vec<usize> {
    let mut search = Search::new(functions);
    let mut order = Vec::with_capacity(functions.len());
    let mut next = (!functions.is_empty()).then_some(0);
    while let Some(function) = next {
        order.push(function);
        search.place(function);
        next = search.best();
    }
    order
}

struct Search {
    /// How much of each function lies in the window, in pieces; nothing for those that have their place.
    shared: Vec<Option<u32>>,
    /// What a function's count is divided by.
    scale: Vec<f64>,
    sizes: Vec<usize>,
    /// The pieces of each function that others have too.
    pieces: Vec<Vec<usize>>,
    /// The functions that have each piece.
    holders: Vec<Vec<usize>>,
    /// How many functions in the window have each piece.
    present: Vec<u32>,
    window: VecDeque<usize>,
    window_size: usize,
}

impl Search {
    fn new(functions: &[&[u8]]) -> Self {
        let holders = holders(functions);
        let mut pieces = vec![Vec::new(); functions.len()];
        for (piece, holders) in holders.iter().enumerate() {
            for holder in holders {
                pieces[*holder].push(piece);
            }
        }
        Self {
            shared: vec![Some(0); functions.len()],
            scale: functions.iter().map(|code| scale(code.len())).collect(),
            sizes: functions.iter().map(|code| code.len()).collect(),
            present: vec![0; holders.len()],
            pieces,
            holders,
            window: VecDeque::new(),
            window_size: 0,
        }
    }

    fn place(&mut self, function: usize) {
        self.shared[function] = None;
        for piece in &self.pieces[function] {
            self.present[*piece] += 1;
            if self.present[*piece] == 1 {
                for holder in &self.holders[*piece] {
                    self.shared[*holder] = self.shared[*holder].map(|count| count + 1);
                }
            }
        }
        self.window.push_back(function);
        self.window_size += self.sizes[function];
        while self.window_size > WINDOW && self.window.len() > 1 {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        let Some(function) = self.window.pop_front() else {
            return;
        };
        self.window_size -= self.sizes[function];
        for piece in &self.pieces[function] {
            self.present[*piece] -= 1;
            if self.present[*piece] == 0 {
                for holder in &self.holders[*piece] {
                    self.shared[*holder] = self.shared[*holder].map(|count| count - 1);
                }
            }
        }
    }

    /// The first of those that share most for their size.
    fn best(&self) -> Option<usize> {
        let mut best = None;
        for (function, shared) in self.shared.iter().enumerate() {
            let Some(shared) = shared else { continue };
            let score = f64::from(*shared) / self.scale[function];
            if best.is_none_or(|(_, least)| score > least) {
                best = Some((function, score));
            }
        }
        best.map(|(function, _)| function)
    }
}

/// Between a count and a share: long functions bring more, short ones fit better. Only square roots, which are the same
/// on every machine.
#[expect(clippy::cast_precision_loss, reason = "no function has 2^53 bytes")]
fn scale(size: usize) -> f64 {
    let root = (size.max(SHORT) as f64).sqrt();
    root * root.sqrt()
}

/// For each piece that a few functions have in common, which ones; in the order in which the pieces are met.
fn holders(functions: &[&[u8]]) -> Vec<Vec<usize>> {
    let mut numbers: HashMap<&[u8], usize> = HashMap::new();
    let mut holders: Vec<Vec<usize>> = Vec::new();
    for (function, code) in functions.iter().enumerate() {
        for piece in LENGTHS.iter().flat_map(|length| code.windows(*length)) {
            let number = *numbers.entry(piece).or_insert(holders.len());
            if number == holders.len() {
                holders.push(Vec::new());
            }
            // Once a function, and one more than counts is enough to know.
            if holders[number].last() != Some(&function) && holders[number].len() <= HOLDERS_MAX {
                holders[number].push(function);
            }
        }
    }
    holders.retain(|found| (2..=HOLDERS_MAX).contains(&found.len()));
    holders
}

#[cfg(test)]
mod tests {
    use super::order;

    /// Code that looks like no other of its kind.
    fn code(kind: u8, size: u8) -> Vec<u8> {
        (0..size)
            .map(|at| kind.wrapping_mul(37) ^ at.wrapping_mul(at).wrapping_add(kind))
            .collect()
    }

    #[test]
    fn every_function_has_one_place() {
        let functions: Vec<_> = (0..50).map(|kind| code(kind % 7, kind + 3)).collect();
        let functions: Vec<_> = functions.iter().map(Vec::as_slice).collect();
        let mut order = order(&functions);
        order.sort_unstable();
        assert!(order.into_iter().eq(0..50));
    }

    #[test]
    fn what_is_alike_comes_together() {
        let (one, other) = (code(1, 200), code(2, 200));
        let (like_one, like_other) = (&one[..150], &other[..150]);
        assert_eq!(order(&[&one, &other, like_other, like_one]), [0, 3, 1, 2]);
    }

    #[test]
    fn no_functions_are_no_order() {
        assert!(order(&[]).is_empty());
    }
}
