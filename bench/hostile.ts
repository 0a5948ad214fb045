/** A tenant that does its worst, all of it at once, until it is killed. */
import { connect } from "node:net";
import { io } from "socket.io-client";
import { serve } from "./child.ts";

interface Target {
  url: string;
  key: string;
  /** One of the attacks; all when left out. */
  only?: string | undefined;
}

const megabyte = 2 ** 20;
const nested = `[${"[],".repeat((8 * megabyte) / 3 - 10)}[]]`;
const justUnder = JSON.stringify({
  to: "628123456789",
  content: { kind: "document", base64: "A".repeat(8 * megabyte - 200) },
});
const later = Math.floor(Date.now() / 1_000) + 86_400;
const bulk = JSON.stringify({
  messages: Array.from({ length: 10_000 }, (_, place) => ({
    to: `62813${String(place).padStart(7, "0")}`,
    text: "Hello, you",
    mentions: ["628123456789", "628123456780"],
  })),
  send_at: later,
});
/** How often each was answered with what. */
const answers: Record<string, Record<string, number>> = {};

async function attack(what: string, call: () => Promise<number | string>): Promise<never> {
  for (;;) {
    const status = await call().catch((error: unknown) => (error instanceof Error ? error.name : "error"));
    const seen = (answers[what] ??= {});
    seen[status] = (seen[status] ?? 0) + 1;
    // What is refused at once is asked again at once, but lets the others of this process have their turn.
    await new Promise((go) => setTimeout(go, 2));
  }
}

async function post(target: Target, path: string, body: BodyInit): Promise<number> {
  const headers = { "x-api-key": target.key, "content-type": "application/json" };
  const response = await fetch(`${target.url}${path}`, { method: "POST", headers, body });
  await response.arrayBuffer();
  return response.status;
}

const chunked = (text: string) => new Blob([text]).stream();

/** A body that says it is large and comes a byte a second, until the server has had enough. */
function drip({ url, key }: Target): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const end = (why: string) => {
      clearInterval(timer);
      socket.destroy();
      resolve(why);
    };
    const timer = setInterval(() => socket.write(" "), 1_000);
    socket.on("data", (data) => end(String(data).slice(9, 12)));
    socket.on("error", () => end("error"));
    socket.on("close", () => end("closed"));
    const head = ["POST /v1/webhooks HTTP/1.1", "host: a", `x-api-key: ${key}`, "content-type: application/json"];
    socket.write(`${[...head, "content-length: 1000000"].join("\r\n")}\r\n\r\n`);
  });
}

function listen({ url, key }: Target): Promise<string> {
  return new Promise((resolve) => {
    const socket = io(url, { auth: { key }, transports: ["websocket"], forceNew: true, reconnection: false });
    socket.on("connect_error", () => {
      socket.close();
      resolve("refused");
    });
    socket.on("disconnect", () => resolve("ended"));
  });
}

serve({
  attack: ({ only, ...target }: Target) => {
    const messages = "/v1/devices/shop/messages";
    const attacks: Record<string, [count: number, call: () => Promise<number | string>]> = {
      "nested JSON": [2, () => post(target, messages, nested)],
      "nested JSON in pieces": [2, () => post(target, messages, chunked(nested))],
      "a byte a second": [10, () => drip(target)],
      "just under the limit": [20, () => post(target, messages, justUnder)],
      "bulks of 10,000": [1, () => post(target, "/v1/devices/shop/bulk", bulk)],
      sockets: [1_000, () => listen(target)],
      search: [
        1,
        async () => {
          const headers = { "x-api-key": target.key };
          return (await fetch(`${target.url}/v1/devices/shop/history?search=a`, { headers })).status;
        },
      ],
      "sign-ins": [1, () => post(target, "/session", JSON.stringify({ key: target.key }))],
      "long paths": [
        4,
        async () =>
          (await fetch(`${target.url}/v1/${"12345:".repeat(2_580)}`, { headers: { "x-api-key": "none" } })).status,
      ],
    };
    for (const [what, [count, call]] of Object.entries(attacks).filter(([what]) => only === undefined || what === only))
      for (let n = 0; n < count; n++) attack(what, call).catch(() => {});
  },
  answers: () => answers,
});
