//! What JavaScript and TypeScript of a shop get to see: the npm package as it is packed, and the types in it.

mod types {
    mod package;
}
