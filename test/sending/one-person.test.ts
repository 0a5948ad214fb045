import { expect, test } from "bun:test";
import { breathe } from "../../src/core/base/breathe.ts";
import { judge } from "../../src/core/policy/governor.ts";
import { SendPolicy } from "../../src/core/policy/send-policy.ts";
import type { Message } from "../../src/core/model/message/message.ts";
import type { Connection } from "../../src/core/ports/connector.ts";
import { Sender } from "../../src/core/sending/sender/sender.ts";
import { Turns } from "../../src/core/base/turns.ts";
import { silent } from "../log.ts";
import { device, held, house, outgoing } from "../store/house.ts";

const [phone, lid] = ["628777000111", "99000000000001@lid"];
const jid = `${phone}@s.whatsapp.net`;

test("a person who is woken by both names gets each message once", async () => {
  const { store, clock } = await house();
  const account = { jid: "6281100000001@s.whatsapp.net", lid: null, name: "Budi" };
  const hold = await held(store, "d1", { account });
  const person = { jid, phone, lid, username: null };
  await store.ledger.record(hold, {
    events: [],
    people: [{ person, names: [jid, lid], formerly: [], source: "message", at: 1 }],
  });
  const turns = new Turns();
  const composed: string[] = [];
  let heard = Promise.withResolvers<void>();
  const connection = {
    compose: async ({ waId }: Message) => {
      composed.push(waId);
      return new Uint8Array([1]);
    },
    send: async () => heard.resolve(),
    askLimits: async () => {},
  } as Partial<Connection> as Connection;
  const sender = new Sender(
    {
      store,
      clock,
      log: silent,
      pace: null,
      policy: new SendPolicy({ store, clock, judge }, hold, device("d1", { account })),
      me: () => account.jid,
      turn: (work) => turns.take(work),
      write: async (batch) => void (await store.ledger.record(hold, batch)),
    },
    hold,
  );
  /** Queues, wakes the person by all these names at once, and resolves when WhatsApp has taken it. */
  const sends = async (id: string, names: readonly string[]): Promise<void> => {
    heard = Promise.withResolvers();
    const { message } = await store.messages.queue("d1", outgoing(id, { chat: lid }));
    for (const name of names) sender.wake(name);
    await heard.promise;
    await store.ledger.record(hold, { events: [], messages: [{ waId: message.waId, state: "sent", at: 1 }] });
    sender.answered(message.waId);
    // What that woke has looked for more, and found nothing.
    for (let turn = 0; turn < 9; turn++) await breathe();
  };
  await sender.open(connection);
  await sends("first", [lid]);
  await sends("second", [lid, jid]);
  await sends("third", [jid]);
  expect(composed).toEqual(["WA-first", "WA-second", "WA-third"]);
  sender.end();
});
