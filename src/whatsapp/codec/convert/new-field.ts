/** Beside what a message says: keys of groups (2, 15), the copy of what another own device sent (31), context (35). */
const known: ReadonlySet<number> = new Set([2, 15, 31, 35]);

/** True of an encoded message with a field of a newer WhatsApp, which decoding leaves out. */
export function hasNewField(wire: Uint8Array): boolean {
  return fieldsOf(wire).some((field) => !known.has(field));
}

/** The numbers of the outermost fields (https://protobuf.dev/programming-guides/encoding). */
function fieldsOf(wire: Uint8Array): number[] {
  const fields: number[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < wire.length; factor *= 128) {
      const byte = wire[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < wire.length) {
    const tag = varint();
    fields.push(Math.floor(tag / 8));
    if (tag % 8 === 0) varint();
    else if (tag % 8 === 1) at += 8;
    else if (tag % 8 === 2) at = varint() + at;
    else if (tag % 8 === 5) at += 4;
    else break;
  }
  return fields;
}
