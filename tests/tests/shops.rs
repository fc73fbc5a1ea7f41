//! Shops that nobody here wrote, bought in: what a merchant adds to them is what the guides say, and no more.
//!
//! Each test has a shop with a database of its own, and a program of its own on the shared edge.

mod shops {
    mod oscar_orders;
    mod oscar_pages;
    mod oscar_story;
}
