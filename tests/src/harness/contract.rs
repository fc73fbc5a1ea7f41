//! The contract, `openapi.yaml`, as far as tests ask it: which operations there are, who may call them, and which codes a
//! status has.

/// The text, as this checkout has it.
const TEXT: &str = include_str!("../../../openapi.yaml");

/// An operation of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id, such as `readOrder`.
    pub id: String,
    /// Method, upper case.
    pub method: String,
    /// Path with names in braces.
    pub path: String,
    /// The scope that a bearer key needs; empty for other schemes.
    pub scope: String,
}

/// Every operation that asks for this, such as `bearer`, and takes nothing else.
pub fn secured_by(scheme: &str) -> Vec<Operation> {
    let wanted = format!("      security: [{{ {scheme}: [");
    with_line(&wanted)
}

/// Every operation that there is; none of them with its scope.
pub fn operations() -> Vec<Operation> {
    let all = with_line("      operationId: ");
    let without_scope = |one: Operation| Operation {
        scope: String::new(),
        ..one
    };
    all.into_iter().map(without_scope).collect()
}

/// Every operation that has a line which begins so.
fn with_line(wanted: &str) -> Vec<Operation> {
    let mut found = Vec::new();
    let (mut path, mut method, mut id) = ("", "", "");
    for line in TEXT.lines() {
        if let Some(named) = line.strip_prefix("  /") {
            path = named.trim_end_matches(':');
        } else if let Some(word) = line.strip_prefix("    ").filter(|word| is_method(word)) {
            method = word.trim_end_matches(':');
        } else if let Some(word) = line.strip_prefix("      operationId: ") {
            id = word;
        }
        if let Some(scope) = line.strip_prefix(wanted) {
            found.push(Operation {
                id: id.to_owned(),
                method: method.to_uppercase(),
                path: format!("/{path}"),
                scope: scope.trim_end_matches("] }]").to_owned(),
            });
        }
    }
    found
}

/// Whether an answer of this status may have this code.
pub fn has_code(status: u16, code: &str) -> bool {
    TEXT.lines().any(|line| {
        let lists = line.split("enum: [").skip(1);
        let lists: Vec<&str> = lists.filter_map(|rest| rest.split(']').next()).collect();
        let [statuses, codes] = lists.as_slice() else {
            return false;
        };
        let names = |list: &str, wanted: &str| list.split(", ").any(|one| one == wanted);
        line.contains("status: {") && names(statuses, &status.to_string()) && names(codes, code)
    })
}

fn is_method(line: &str) -> bool {
    matches!(line, "get:" | "post:" | "put:" | "delete:")
}

#[cfg(test)]
mod tests {
    use super::{has_code, secured_by};

    #[test]
    fn the_operations_of_a_scheme_are_found_with_their_paths() {
        let signed = secured_by("signature");
        let paths: Vec<&str> = signed.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "/v1/programs/{program}/orders",
                "/v1/programs/{program}/events"
            ]
        );
        let merchants = secured_by("bearer");
        assert!(merchants.len() > 20);
        for (id, scope) in [
            ("readLog", "read"),
            ("takeCredit", "operate"),
            ("createKey", "admin"),
        ] {
            let found = merchants.iter().find(|one| one.id == id);
            assert_eq!(found.map(|one| one.scope.as_str()), Some(scope));
        }
    }

    #[test]
    fn a_code_belongs_to_its_status() {
        assert!(has_code(401, "unauthorized") && has_code(503, "unavailable"));
        assert!(!has_code(403, "unauthorized") && !has_code(401, "nothing"));
    }
}
