/** What makes SQLite look at the values while it plans: several tables, or rows in order. */
const looksAtValues = /\bORDER BY\b|\bJOIN\b|\b(?:min|max)\(|\bSELECT\b[^]*\bSELECT\b/i;
/** What it plans well by parameters alone: an OR of two indexes, which stands in a UNION here. */
const needsParameters = /\bUNION\b/i;
/** A text in quotes, or a parameter: `$name`, `?1`, `?`. */
const parts = /'(?:[^']|'')*'|\$\w+|\?\d*/g;

/**
 * The same statement, planned once. SQLite (3.54) plans one with an ORDER BY, a JOIN, min() or max() anew whenever a parameter
 * in a comparison is bound, in case another plan suits the value: 5 to 100 µs of processor time a call, where the call itself
 * takes 1. A value that a subquery gives is none of the plan's business.
 */
export function plannedOnce(sql: string): string {
  if (/^\s*INSERT\b/i.test(sql) || needsParameters.test(sql) || !looksAtValues.test(sql)) return sql;
  return sql.replace(parts, (part) => (part.startsWith("'") ? part : `(SELECT ${part})`));
}
