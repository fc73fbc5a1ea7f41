//! Comma-separated values (RFC 4180): what merchants bring, and what they take along.
//!
//! A spreadsheet takes a text that begins with `=`, `+`, `-` or `@` for a formula, and runs it. Names and ids come from
//! strangers, so such a text is written with an apostrophe before it, which spreadsheets take for "this is text".

/// A cell to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// A text from outside: never a formula.
    Text(&'a str),
    /// A number or a word of ours, as it is.
    Plain(&'a str),
}

/// Appends a record: its cells, and the end of the line.
pub fn write_record<'a>(out: &mut String, cells: impl IntoIterator<Item = Cell<'a>>) {
    let mut is_first = true;
    for cell in cells {
        if !is_first {
            out.push(',');
        }
        is_first = false;
        match cell {
            Cell::Plain(text) => write_cell(out, false, text),
            Cell::Text(text) => write_cell(out, is_formula(text), text),
        }
    }
    out.push_str("\r\n");
}

/// Whether a spreadsheet would calculate it. Some skip white space and control characters first.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    text.starts_with(['=', '+', '-', '@'])
}

fn write_cell(out: &mut String, guarded: bool, text: &str) {
    let quoted = text.contains(['"', ',', '\r', '\n']) || text.trim() != text;
    if quoted {
        out.push('"');
    }
    if guarded {
        out.push('\'');
    }
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    if quoted {
        out.push('"');
    }
}

/// The cells of one line, without the guard's apostrophes taken off; `None` when its quotes do not close, or something stands
/// beside them.
pub fn record(line: &str) -> Option<Vec<String>> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => plain_cell(rest)?,
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(cells),
            None => return None,
        }
    }
}

/// A cell without quotes, and what follows it.
fn plain_cell(text: &str) -> Option<(String, &str)> {
    let end = text.find(',').unwrap_or(text.len());
    let (cell, after) = text.split_at_checked(end)?;
    (!cell.contains('"')).then(|| (cell.to_owned(), after))
}

/// A cell after its first quote, and what follows its last one.
fn quoted_cell(text: &str) -> Option<(String, &str)> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        cell.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None => return Some((cell, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Cell, record, write_record};

    fn written(cells: &[&str]) -> String {
        let mut out = String::new();
        write_record(&mut out, cells.iter().map(|text| Cell::Text(text)));
        out
    }

    #[test]
    fn a_formula_becomes_a_text_and_a_number_stays_one() {
        let formulas = ["=1+1", "+1", "-1", "@sum", " =1", "\t@a", "\u{a0}=1"];
        for formula in formulas {
            let out = written(&[formula]);
            assert!(out.trim_start_matches('"').starts_with('\''), "{out}");
        }
        let mut out = String::new();
        write_record(&mut out, [Cell::Plain("-500"), Cell::Text("a-b")]);
        assert_eq!(out, "-500,a-b\r\n");
    }

    #[test]
    fn quotes_commas_and_ends_of_lines_stay_within_their_cell() {
        assert_eq!(
            written(&["a,b", "c\"d", "", " e"]),
            "\"a,b\",\"c\"\"d\",,\" e\"\r\n"
        );
        assert_eq!(written(&["a\r\nb"]), "\"a\r\nb\"\r\n");
    }

    #[test]
    fn a_line_whose_quotes_are_wrong_is_no_record() {
        for wrong in ["\"a", "a\"b", "\"a\"b", "\"a\" ,b"] {
            assert_eq!(record(wrong), None, "{wrong}");
        }
        assert_eq!(record(""), Some(vec![String::new()]));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was_but_for_the_guard(cells in prop::collection::vec(any::<String>(), 1..6)) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let out = written(&cells);
            let line = out.strip_suffix("\r\n").unwrap_or_default();
            let read = record(line).unwrap_or_default();
            prop_assert_eq!(read.len(), cells.len());
            for (read, cell) in read.iter().zip(cells) {
                let guarded = read.strip_prefix('\'').is_some_and(|text| text == cell);
                prop_assert!(read == cell || guarded, "{read:?} of {cell:?}");
                let seen = read.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
                prop_assert!(!seen.starts_with(['=', '+', '-', '@']), "{read:?}");
            }
        }

        #[test]
        fn no_line_is_too_odd_to_be_read(line in any::<String>()) {
            let _ = record(&line);
        }
    }
}
