import { type BaileysEventMap, type BinaryNode, S_WHATSAPP_NET, type WASocket } from "@whiskeysockets/baileys";
import { breathe } from "../../core/base/breathe.ts";
import type { Clock } from "../../core/base/clock.ts";

/** How long WhatsApp may take to confirm that the device is unlinked. */
const unlinkMs = 5_000;
/** How long closing waits for the server's part of the handshake. */
const closeMs = 1_000;

interface RawSocket {
  send(data: Uint8Array, done?: (error?: Error) => void): void;
  terminate(): void;
}

/** The WebSocket that Baileys keeps to itself. */
function raw(sock: WASocket): RawSocket | null {
  return (sock.ws as unknown as { socket: RawSocket | null }).socket;
}

/**
 * No frame leaves before everything that was written is on disk: a receipt tells WhatsApp to forget. Baileys goes on
 * meanwhile, so that one wait for the disk serves all messages of a burst. When the disk refuses, nothing leaves.
 */
export function holdBack(sock: WASocket, unwritten: () => Promise<void> | null): void {
  const socket = raw(sock);
  if (!socket) return;
  const send = socket.send.bind(socket);
  let last: Promise<void> | null = null;
  socket.send = (data, done) => {
    const pending = unwritten();
    if (pending === null && last === null) return send(data, done);
    done?.();
    const mine = Promise.all([last, pending]).then(() => send(data));
    last = mine;
    mine.then(
      () => last === mine && (last = null),
      () => {},
    );
  };
}

/**
 * Runs `first` to its end before Baileys sees the stanza, and keeps it from Baileys when `first` fails. Null is: no
 * need to wait.
 */
export function before(sock: WASocket, event: string, first: (node: BinaryNode) => Promise<void> | null): void {
  const stock = sock.ws.listeners(event);
  sock.ws.removeAllListeners(event);
  sock.ws.on(event, (node: BinaryNode) => {
    const pass = () => stock.forEach((listener) => listener(node));
    const work = first(node);
    if (work === null) pass();
    else work.then(pass, () => {}); // unwritten, so not acknowledged: WhatsApp sends it again
  });
}

/** Takes the stanzas that `concerns` away from Baileys; who takes them acknowledges them. */
export function instead(
  sock: WASocket,
  event: string,
  concerns: (node: BinaryNode) => boolean,
  work: (node: BinaryNode) => Promise<void>,
): void {
  const stock = sock.ws.listeners(event);
  sock.ws.removeAllListeners(event);
  sock.ws.on(event, (node: BinaryNode) => {
    // Unwritten or closed, so not acknowledged: it comes again.
    if (concerns(node)) work(node).catch(() => {});
    else stock.forEach((listener) => listener(node));
  });
}

/**
 * Every message goes to `add`, and no further by itself. What is returned gives one to Baileys, in whose queue it waits: there
 * Baileys puts only what came during an absence, so that what is said meanwhile would overtake older messages of its chat.
 */
export function queue(sock: WASocket, add: (node: BinaryNode) => void): (node: BinaryNode) => void {
  const stock = sock.ws.listeners("CB:message");
  sock.ws.removeAllListeners("CB:message");
  sock.ws.on("CB:message", add);
  return (node) => {
    node.attrs.offline ||= "1";
    for (const listener of stock) listener(node);
  };
}

/** Hears an event when it happens: before Baileys' buffer, which makes one of several and holds some back for ever. */
export function hearAtOnce<E extends keyof BaileysEventMap>(
  { ev }: Pick<WASocket, "ev">,
  event: E,
  hear: (data: BaileysEventMap[E]) => void,
): void {
  const emit = ev.emit.bind(ev);
  ev.emit = (name, data) => {
    if (name === (event as string)) hear(data as unknown as BaileysEventMap[E]);
    return emit(name, data);
  };
}

/** What we know already, from the stanzas themselves. */
const unheard: ReadonlySet<string> = new Set<keyof BaileysEventMap>([
  "messages.upsert",
  "messages.update",
  "messages.reaction",
  "message-receipt.update",
  "contacts.update",
]);

/** Keeps Baileys from collecting events that nobody hears: with every message it looks at all it has collected. */
export function ignoreUnheard({ ev }: WASocket): void {
  const emit = ev.emit.bind(ev);
  ev.emit = (event, data) => unheard.has(event) || emit(event, data);
}

/**
 * With each change of credentials that leaves out the account, Baileys takes its name for new and says it in a presence
 * without a type, which means "available". The account stands in each change here, so the name never looks new.
 */
export function choosePresence({ ev, authState: { creds } }: WASocket): void {
  const emit = ev.emit.bind(ev);
  ev.emit = (event, data) => {
    if (event !== "creds.update") return emit(event, data);
    const update = data as BaileysEventMap["creds.update"];
    if (update.me) creds.me = update.me;
    return emit("creds.update", creds.me ? { ...update, me: creds.me } : update);
  };
}

/**
 * Ends what still waits for an answer: after a close Baileys lets it wait out its time.
 */
function abandonQueries(sock: WASocket): void {
  sock.ws.emit("error", new Error("the connection is over"));
}

interface UpgradeAnswer {
  statusCode?: number;
}

/** Baileys listens to a refused upgrade and does nothing, which leaves the socket connecting until it times out. */
export function onRefusedUpgrade(sock: WASocket, refused: (status: number | null) => void): void {
  sock.ws.on("unexpected-response", (_request: unknown, answer?: UpgradeAnswer) => refused(answer?.statusCode ?? null));
}

/** Nobody listens any more. What the WebSocket still throws, as when it is ended while it connects, ends no process. */
function silence(sock: WASocket): void {
  sock.ws.removeAllListeners();
  sock.ws.on("error", () => {});
}

/** Ends it; nothing of it is heard any more. */
export async function hangUp(sock: WASocket, clock: Clock): Promise<void> {
  sock.ev.removeAllListeners("connection.update");
  await Promise.race([sock.end(undefined), new Promise<void>((done) => terminateLater(sock, clock, done))]);
  abandonQueries(sock);
  silence(sock);
}

/** Once the server ended the stream: Baileys waits for its part of the closing, up to half a minute when there is none. */
export function hangUpAtTheEnd(sock: WASocket, clock: Clock): void {
  for (const last of ["CB:stream:error", "CB:failure", "CB:xmlstreamend"])
    sock.ws.on(last, () => terminateLater(sock, clock));
}

/** For a peer that does not answer the closing handshake. */
function terminateLater(sock: WASocket, clock: Clock, done = () => {}): void {
  clock.after(closeMs, () => {
    raw(sock)?.terminate();
    done();
  });
}

/** Whether the server answers a ping. */
export async function answers(sock: WASocket): Promise<boolean> {
  const ping = {
    tag: "iq",
    attrs: { to: S_WHATSAPP_NET, type: "get", xmlns: "w:p" },
    content: [{ tag: "ping", attrs: {} }],
  };
  return (await sock.query(ping)) !== undefined;
}

/** Asks WhatsApp to remove this device; Baileys' own logout closes without waiting for the answer. */
export async function requestUnlink(sock: WASocket, jid: string): Promise<void> {
  const remove = { tag: "remove-companion-device", attrs: { jid, reason: "user_initiated" } };
  await sock.query({ tag: "iq", attrs: { to: S_WHATSAPP_NET, type: "set", xmlns: "md" }, content: [remove] }, unlinkMs);
}

/** Frames are worked on for so long in one turn of the event loop, milliseconds. */
const sliceMs = 2;

/**
 * Frames one at a time, and others have their turn between them: a contact's flood is thousands at once. Baileys decodes
 * them in parallel, so a compressed one could be overtaken by its successor; and one that does not decode would be an
 * unhandled rejection, which ends the process.
 */
export function serialise(sock: Pick<WASocket, "ws">, fail: (error: unknown) => void): void {
  const stock = sock.ws.listeners("message") as Array<(data: Buffer) => Promise<void>>;
  let waiting: Buffer[] = [];
  let isRunning = false;
  const run = async (): Promise<void> => {
    let since = performance.now();
    while (waiting.length > 0) {
      const frames = waiting;
      waiting = [];
      for (const data of frames) {
        try {
          for (const receive of stock) await receive(data);
        } catch (error) {
          fail(error);
        }
        if (performance.now() - since < sliceMs) continue;
        await breathe();
        since = performance.now();
      }
    }
    // In the same breath: what comes a moment later would wait for a run that is over.
    isRunning = false;
  };
  sock.ws.removeAllListeners("message");
  sock.ws.on("message", (data: Buffer) => {
    waiting.push(data);
    if (isRunning) return;
    isRunning = true;
    run().catch(fail);
  });
}
