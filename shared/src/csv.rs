//! Comma-separated values (RFC 4180): what merchants bring, and what they take along.
//!
//! A spreadsheet takes a text that begins with `=`, `+`, `-` or `@` for a formula, and runs it. Names and ids come from
//! strangers, so such a text is written with an apostrophe before it, which spreadsheets take for "this is text". In many
//! languages a spreadsheet begins a new cell at `;`, some do at tabs and ends of lines too: what follows those is guarded as well.

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
            Cell::Text(text) => write_cell(out, true, text),
        }
    }
    out.push_str("\r\n");
}

/// What begins a formula, in full width as well.
const FORMULA: [char; 8] = [
    '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

fn write_cell(out: &mut String, guarded: bool, text: &str) {
    let quoted = text.contains(['"', ',', '\r', '\n']) || text.trim() != text;
    if quoted {
        out.push('"');
    }
    // Where a cell of the spreadsheet begins, until there is something of it: some skip white space, control characters and
    // quotes first.
    let mut begins = guarded.then_some(out.len());
    for c in text.chars() {
        match begins {
            Some(at) if FORMULA.contains(&c) => {
                out.insert(at, '\'');
                begins = None;
            }
            Some(_) if !(c.is_whitespace() || c.is_control() || c == '"') => begins = None,
            _ => {}
        }
        if c == '"' {
            out.push('"');
        }
        out.push(c);
        if guarded && matches!(c, ';' | '\t' | '\r' | '\n') {
            begins = Some(out.len());
        }
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

    use super::{Cell, FORMULA, record, write_record};

    fn written(cells: &[&str]) -> String {
        let mut out = String::new();
        write_record(&mut out, cells.iter().map(|text| Cell::Text(text)));
        out
    }

    #[test]
    fn a_formula_becomes_a_text_and_a_number_stays_one() {
        for (formula, guarded) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
            (" =1", "\"' =1\""),
            ("\t@a", "\"\t'@a\""),
            ("\u{a0}=1", "\"'\u{a0}=1\""),
            ("\u{ff1d}1", "'\u{ff1d}1"),
        ] {
            assert_eq!(written(&[formula]), format!("{guarded}\r\n"));
        }
        let mut out = String::new();
        write_record(&mut out, [Cell::Plain("-500"), Cell::Text("a-b")]);
        assert_eq!(out, "-500,a-b\r\n");
    }

    #[test]
    fn a_formula_inside_of_a_cell_becomes_a_text_where_a_spreadsheet_would_begin_a_new_one() {
        assert_eq!(written(&["a;=1"]), "a;'=1\r\n");
        assert_eq!(written(&["a; \u{ff0b}1;b-c"]), "a;' \u{ff0b}1;b-c\r\n");
        assert_eq!(written(&["a\t-1"]), "a\t'-1\r\n");
        assert_eq!(written(&["a\r\n@b"]), "\"a\r\n'@b\"\r\n");
        assert_eq!(written(&["a;\"=1;b"]), "\"a;'\"\"=1;b\"\r\n");
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

    /// Anything, and what a spreadsheet might calculate.
    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[;\t\r\n \"',=+@a\u{ff1d}\u{ff20}-]{0,9}"]
    }

    /// Whether it is the cell, with nothing but apostrophes put in before formulas.
    fn is_guarded(read: &str, cell: &str) -> bool {
        let (read, mut cell) = (read.chars(), cell.chars().peekable());
        for c in read {
            if cell.next_if_eq(&c).is_none() && c != '\'' {
                return false;
            }
        }
        cell.next().is_none()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was_but_for_the_guard(cells in prop::collection::vec(cell(), 1..6)) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let out = written(&cells);
            let line = out.strip_suffix("\r\n").unwrap_or_default();
            let read = record(line).unwrap_or_default();
            prop_assert_eq!(read.len(), cells.len());
            for (read, cell) in read.iter().zip(cells) {
                prop_assert!(is_guarded(read, cell), "{read:?} of {cell:?}");
            }
            let skipped = |c: char| c.is_whitespace() || c.is_control() || c == '"';
            for seen in line.split([';', '\t', '\r', '\n']).map(|cell| cell.trim_start_matches(skipped)) {
                prop_assert!(!seen.starts_with(FORMULA), "{seen:?} in {line:?}");
            }
        }

        #[test]
        fn no_line_is_too_odd_to_be_read(line in any::<String>()) {
            let _ = record(&line);
        }
    }
}
