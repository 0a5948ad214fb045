/** Somebody with large files, who sends one after the other in one form, and a server to fetch one from. */
import { serve } from "./child.ts";

const megabyte = 2 ** 20;
const file = crypto.getRandomValues(new Uint8Array(megabyte));
const large = new Blob(Array.from({ length: 90 }, () => file));
/** A megabyte without an end of its own, so that several make one. */
const base64 = Buffer.from(file.subarray(0, megabyte - 1)).toString("base64");
const source = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(large) });

interface Target {
  url: string;
  key: string;
  to: string;
}

type Send = (target: Target) => Promise<Response>;

const messages = ({ url }: Target) => `${url}/v1/devices/shop/messages`;
const media = ({ url }: Target) => `${url}/v1/devices/shop/media`;
const later = Math.floor(Date.now() / 1_000) + 86_400;

const json: (target: Target, content: object) => Promise<Response> = (target, content) =>
  fetch(messages(target), {
    method: "POST",
    headers: { "x-api-key": target.key, "content-type": "application/json" },
    body: JSON.stringify({ to: target.to, content, send_at: later }),
  });

function form(fields: Record<string, string>): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("file", large, "large.bin");
  return body;
}

const forms: Record<string, Send> = {
  "90 MB as it is": (target) =>
    fetch(media(target), {
      method: "POST",
      headers: { "x-api-key": target.key, "content-type": "application/octet-stream" },
      body: large,
    }),
  "90 MB in a form": (target) =>
    fetch(media(target), { method: "POST", headers: { "x-api-key": target.key }, body: form({}) }),
  "90 MB in a form, sent": (target) =>
    fetch(messages(target), {
      method: "POST",
      headers: { "x-api-key": target.key },
      body: form({ to: target.to, kind: "document", send_at: String(later) }),
    }),
  "90 MB by url": (target) =>
    json(target, { kind: "document", url: `http://127.0.0.1:${source.port}/large.bin`, mime: "application/zip" }),
  "7 MB in base64": (target) => json(target, { kind: "document", base64: base64.repeat(5), mime: "application/zip" }),
};

/** What is sent over and over, and how often it was. */
const now: { what: string | null; sent: number } = { what: null, sent: 0 };

async function send(what: string, target: Target): Promise<void> {
  const response = await forms[what]?.(target);
  const said = await response?.text();
  if (!response?.ok) throw new Error(`${what}: ${response?.status} ${said}`);
}

serve({
  forms: () => Object.keys(forms),
  once: ({ what, ...target }: Target & { what: string }) => send(what, target),
  begin: ({ what, ...target }: Target & { what: string }) => {
    Object.assign(now, { what, sent: 0 });
    void (async () => {
      while (now.what === what) {
        await send(what, target);
        now.sent++;
      }
    })();
  },
  end: () => {
    now.what = null;
    return now.sent;
  },
});
