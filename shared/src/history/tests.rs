//! Files of customers, as shops export them.

use proptest::prelude::*;

use super::{Form, Former, LINE_LENGTH_MAX, Lines};

fn lines(pieces: &[&[u8]]) -> Vec<Result<String, &'static str>> {
    let mut told = Vec::new();
    let mut each = |line: Result<&str, &'static str>| told.push(line.map(str::to_owned));
    let mut lines = Lines::default();
    for piece in pieces {
        lines.push(piece, &mut each);
    }
    lines.finish(&mut each);
    told
}

fn read(form: Form, line: &str) -> Result<(String, String), &'static str> {
    let former = form.read(line)?;
    let line = former.to_line();
    assert_eq!(Former::from_line(line.trim_end_matches('\n')), Ok(former));
    let (email, id) = line.trim_end_matches('\n').split_once('\t').expect("a tab");
    Ok((email.to_owned(), id.to_owned()))
}

#[test]
fn the_first_line_tells_how_the_file_is_written() {
    assert_eq!(Form::of("{\"email\":\"a@b.example\"}"), Ok(Form::Json));
    for (header, email, customer) in [
        ("email,customer_id", Some(0), Some(1)),
        ("\u{feff}\"Customer ID\",First Name,Email", Some(2), Some(0)),
        ("customer-id", None, Some(0)),
        ("EMAIL", Some(0), None),
    ] {
        assert_eq!(
            Form::of(header),
            Ok(Form::Csv { email, customer }),
            "{header}"
        );
    }
    for other in ["", "name", "ann@mail.example", "\"email"] {
        assert!(Form::of(other).is_err(), "{other}");
    }
}

#[test]
fn a_customer_is_named_by_address_or_id_or_both() {
    let csv = Form::Csv {
        email: Some(0),
        customer: Some(2),
    };
    let named = |email: &str, id: &str| Ok((email.to_owned(), id.to_owned()));
    assert_eq!(
        read(csv, "Ann@Mail.example,Ann,c_1"),
        named("ann@mail.example", "c_1")
    );
    assert_eq!(read(csv, "ann@mail.example"), named("ann@mail.example", ""));
    assert_eq!(read(csv, ",\"Smith, Ann\",c_1"), named("", "c_1"));
    assert!(read(csv, ",,").is_err());
    assert!(read(csv, "ann,,c_1").is_err());
    assert!(read(csv, "\"ann@mail.example,,c_1").is_err());
    let line = "{\"email\":null,\"customer_id\":\"c_1\"}";
    assert_eq!(read(Form::Json, line), named("", "c_1"));
    for bad in ["{}", "{\"name\":\"Ann\"}", "{\"customer_id\":1}", "", "[]"] {
        assert!(read(Form::Json, bad).is_err(), "{bad}");
    }
}

#[test]
fn a_line_that_is_too_long_or_no_text_costs_that_line_alone() {
    let long = vec![b'x'; LINE_LENGTH_MAX + 1];
    let told = lines(&[b"a\r\n", &long, b"\nb\n\xff\nc"]);
    let kept: Vec<_> = told.iter().map(|line| line.as_deref().ok()).collect();
    assert_eq!(kept, [Some("a"), None, Some("b"), None, Some("c")]);
    let whole = [&long[..], b"\nb"].concat();
    assert_eq!(lines(&[&whole]).len(), 2);
    assert!(lines(&[&whole])[0].is_err());
    let longest = vec![b'x'; LINE_LENGTH_MAX];
    assert!(lines(&[&longest, b"\r\n"])[0].is_ok());
}

proptest! {
    #[test]
    fn it_does_not_matter_in_which_pieces_a_file_comes(
        text in "([a-z,@\"{}\r]{0,12}\n){0,6}[a-z]{0,6}",
        cuts in prop::collection::vec(0_usize..80, 0..6),
    ) {
        let whole = lines(&[text.as_bytes()]);
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= text.len()).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut begun = 0;
        for cut in cuts {
            pieces.push(&text.as_bytes()[begun..cut]);
            begun = cut;
        }
        pieces.push(&text.as_bytes()[begun..]);
        prop_assert_eq!(lines(&pieces), whole);
    }

    #[test]
    fn no_line_is_too_odd_to_be_read(first in any::<String>(), line in any::<String>()) {
        if let Ok(form) = Form::of(&first) {
            let _ = form.read(&line);
        }
        let _ = Former::from_line(&line);
    }
}
