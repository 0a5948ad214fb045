import { expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { proto, writeRandomPadMax16 } from "@whiskeysockets/baileys";
import type { ContactChange } from "../../src/core/ports/contacts.ts";
import { heedErrand } from "../../src/whatsapp/outbound/errands.ts";

/** A field of bytes, as protobuf has it. */
function field(number: number, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const tag = (number << 3) | 2;
  const head = tag < 128 ? [tag] : [(tag & 127) | 128, tag >> 7];
  return Buffer.concat([Buffer.from(head), Buffer.from([bytes.length]), bytes]);
}

const contact = (fields: Record<number, string>) =>
  field(20, Buffer.concat(Object.entries(fields).map(([number, text]) => field(Number(number), text))));

async function told(...contacts: Buffer[]): Promise<ContactChange[]> {
  const met: ContactChange[] = [];
  const { HISTORY_SYNC_NOTIFICATION: type } = proto.Message.ProtocolMessage.Type;
  const initialHistBootstrapInlinePayload = deflateSync(Buffer.concat(contacts));
  const said = { protocolMessage: { type, historySyncNotification: { initialHistBootstrapInlinePayload } } };
  const nobody = () => {
    throw new Error("nobody is asked");
  };
  const ports = {
    addressing: { rise: nobody },
    tokens: { keepSalt: nobody },
    learn: nobody,
    seen: nobody,
    met: (some: ContactChange[]) => void met.push(...some),
  };
  await heedErrand(writeRandomPadMax16(proto.Message.encode(said).finish()), ports);
  return met;
}

test("people whom history names beside its chats are met, by every name it gives", async () => {
  const [pn, lid] = ["6281234567890@s.whatsapp.net", "100000000000001@lid"];
  const nameless = { pushName: null, old: true };
  expect(
    await told(
      contact({ 1: pn, 2: lid, 3: "Ani Wijaya", 4: "Ani", 5: "ani.w" }),
      contact({ 2: lid, 4: "Ani" }),
      contact({ 1: pn }),
      contact({ 3: "Nobody" }),
    ),
  ).toEqual([
    { phone: "6281234567890", lid, name: "Ani Wijaya", ...nameless },
    { phone: null, lid, name: "Ani", ...nameless },
    { phone: "6281234567890", lid: null, name: null, ...nameless },
  ] as ContactChange[]);
});

test("an address book of thousands is told of in parts", async () => {
  const many = Array.from({ length: 450 }, (_, nth) =>
    contact({ 2: `${100_000_000_000_000 + nth}@lid`, 3: `P${nth}` }),
  );
  expect(await told(...many)).toHaveLength(450);
});
