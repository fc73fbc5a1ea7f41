//! Prints the picture of a program in which something of everything has happened, to be kept as `fixtures/vN.sql`.

use goodword_simulator::busy::busy;
use goodword_simulator::picture::Picture;

fn main() {
    match busy().and_then(|stage| Picture::of(&stage.world)) {
        Ok(picture) => print!("{}", picture.to_text()),
        Err(violation) => panic!("{violation}"),
    }
}
