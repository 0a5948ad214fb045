import { type BinaryNode, S_WHATSAPP_NET, type WASocket } from "@whiskeysockets/baileys";

/** How long WhatsApp may take to confirm that the device is unlinked. */
const unlinkMs = 5_000;

/** Runs `first` to its end before Baileys sees the stanza, and keeps it from Baileys when `first` fails. */
export function before(sock: WASocket, event: string, first: (node: BinaryNode) => Promise<void>): void {
  const stock = sock.ws.listeners(event);
  sock.ws.removeAllListeners(event);
  sock.ws.on(event, (node: BinaryNode) => {
    first(node).then(
      () => stock.forEach((listener) => listener(node)),
      () => {}, // unwritten, so not acknowledged: WhatsApp sends it again
    );
  });
}

/** Baileys keeps the raw WebSocket to itself and offers only the polite way to close it. */
export function terminate(sock: WASocket): void {
  (sock.ws as unknown as { socket?: { terminate?(): void } }).socket?.terminate?.();
}

/** Whether the server answers a ping within `ms`. */
export async function answers(sock: WASocket, ms: number): Promise<boolean> {
  const ping = {
    tag: "iq",
    attrs: { to: S_WHATSAPP_NET, type: "get", xmlns: "w:p" },
    content: [{ tag: "ping", attrs: {} }],
  };
  return (await sock.query(ping, ms)) !== undefined;
}

/** Asks WhatsApp to remove this device; Baileys' own logout closes without waiting for the answer. */
export async function unlink(sock: WASocket, jid: string): Promise<void> {
  const remove = { tag: "remove-companion-device", attrs: { jid, reason: "user_initiated" } };
  await sock.query({ tag: "iq", attrs: { to: S_WHATSAPP_NET, type: "set", xmlns: "md" }, content: [remove] }, unlinkMs);
}

/**
 * Frames one at a time. Baileys decodes them in parallel, so a compressed one could be overtaken by its successor;
 * and one that does not decode would be an unhandled rejection, which ends the process.
 */
export function serialise(sock: WASocket, fail: (error: unknown) => void): void {
  const stock = sock.ws.listeners("message") as Array<(data: Buffer) => Promise<void>>;
  let turn = Promise.resolve();
  sock.ws.removeAllListeners("message");
  sock.ws.on("message", (data: Buffer) => {
    turn = turn
      .then(async () => {
        for (const receive of stock) await receive(data);
      })
      .catch(fail);
  });
}
