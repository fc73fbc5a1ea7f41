// One crossing from Rust for each statement: handing over and reading value by value costs more than the statement.

/** Runs a statement for its rows: first how many rows it wrote, then each row as a list of values. */
export function select(sql, statement, shapes, texts, bytes) {
  const cursor = sql.exec(statement, ...bound(shapes, texts, bytes));
  const rows = cursor.raw().toArray();
  rows.unshift(cursor.rowsWritten);
  return rows;
}

/** Runs a statement for its effect, and returns how many rows it wrote. */
export function execute(sql, statement, shapes, texts, bytes) {
  return sql.exec(statement, ...bound(shapes, texts, bytes)).rowsWritten;
}

// Two numbers a value: 0 null, 1 an integer and which, 2 a text and its length, 3 bytes and how many. The texts come as
// one and the bytes as one, because decoding many short texts is what costs.
function bound(shapes, texts, bytes) {
  const values = [];
  let text = 0;
  let byte = 0;
  for (let at = 0; at < shapes.length; at += 2) {
    const size = shapes[at + 1];
    switch (shapes[at]) {
      case 0:
        values.push(null);
        break;
      case 1:
        values.push(size);
        break;
      case 2:
        values.push(texts.slice(text, (text += size)));
        break;
      default:
        values.push(bytes.slice(byte, (byte += size)).buffer);
    }
  }
  return values;
}
