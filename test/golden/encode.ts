import { typeDefinition, type FieldDefinition } from "../../src/whatsapp/codec/definition/message-definition.ts";

/** A message as WhatsApp's newest clients write it; bytes are in base64, as protobuf's JSON has them. */
export function encodeMessage(json: object, type = "Message"): Buffer {
  const fields = new Map([...typeDefinition(type)].map(([number, field]) => [field.name, { number, field }]));
  return Buffer.concat(
    Object.entries(json).flatMap(([name, given]) => {
      const found = fields.get(name);
      if (!found) throw new Error(`${type} has no field ${name}`);
      const values: unknown[] = found.field.repeated && Array.isArray(given) ? given : [given];
      return values.map((value) => written(found.number, found.field, value));
    }),
  );
}

function written(number: number, { code, type }: FieldDefinition, value: unknown): Buffer {
  const tagged = (wireType: number, ...rest: Uint8Array[]) => Buffer.concat([varint(number * 8 + wireType), ...rest]);
  const sized = (bytes: Uint8Array) => tagged(2, varint(bytes.length), bytes);
  if (code === "s") return sized(Buffer.from(String(value)));
  if (code === "b") return sized(typeof value === "string" ? Buffer.from(value, "base64") : (value as Uint8Array));
  if (code === "@") return sized(encodeMessage(value as object, type));
  const fixed = Buffer.alloc(code === "d" || code === "8" ? 8 : 4);
  if (code === "d") return tagged(1, (fixed.writeDoubleLE(Number(value)), fixed));
  if (code === "f") return tagged(5, (fixed.writeFloatLE(Number(value)), fixed));
  if (code === "4") return tagged(5, (fixed.writeUInt32LE(Number(value)), fixed));
  return tagged(0, varint(Number(value)));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}
