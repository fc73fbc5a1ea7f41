// One crossing from Rust for each statement: reading a cursor value by value from there costs more than the statement.

/** Runs a statement for its rows: first how many rows it wrote, then each row as a list of values. */
export function select(sql, statement, values) {
  const cursor = sql.exec(statement, ...values);
  const rows = cursor.raw().toArray();
  rows.unshift(cursor.rowsWritten);
  return rows;
}

/** Runs a statement for its effect, and returns how many rows it wrote. */
export function execute(sql, statement, values) {
  return sql.exec(statement, ...values).rowsWritten;
}
