//! What a camera makes of a QR code: read from the picture by a library that has nothing to do with the one that draws it.

use std::collections::HashSet;

use rqrr::PreparedImage;

/// Points of a dot's side: enough for the reader's search for corners.
const SCALE: usize = 4;

/// The text of a code that is drawn as one path of rectangles (`M1 2h3v1h-3z`) on a square of white.
pub fn scanned(svg: &str) -> String {
    let [from, _, side, _] = attribute(svg, "viewBox")
        .split(' ')
        .map(|number| number.parse().expect("a number"))
        .collect::<Vec<i32>>()
        .try_into()
        .expect("four numbers");
    let dots = dots(attribute(svg, " d"));
    let at = |point: usize| i32::try_from(point / SCALE).expect("small") + from;
    let points = usize::try_from(side).expect("a side") * SCALE;
    let mut picture = PreparedImage::prepare_from_greyscale(points, points, |x, y| {
        if dots.contains(&(at(x), at(y))) {
            0
        } else {
            255
        }
    });
    let grids = picture.detect_grids();
    let [grid] = grids.as_slice() else {
        panic!("{} codes in {svg}", grids.len());
    };
    grid.decode().expect("a readable code").1
}

fn attribute<'a>(svg: &'a str, name: &str) -> &'a str {
    let (_, rest) = svg.split_once(&format!("{name}=\"")).expect(name);
    rest.split_once('"').expect("a quote").0
}

fn dots(path: &str) -> HashSet<(i32, i32)> {
    let mut dots = HashSet::new();
    for run in path.split_terminator('z') {
        let mut numbers = run
            .split(['M', ' ', 'h', 'v', '-'])
            .filter_map(|number| number.parse::<i32>().ok());
        let [x, y, length] = [(); 3].map(|()| numbers.next().expect("a run of dots"));
        dots.extend((x..x + length).map(|x| (x, y)));
    }
    dots
}
