/** Takes everything and notes when. */
import { serve } from "./child.ts";

const latencies: number[] = [];
let first = 0;
let wanted = Infinity;
let done = Promise.withResolvers<void>();

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const { data } = (await request.json()) as { data: { content: { text: string } } };
    const now = performance.timeOrigin + performance.now();
    if (latencies.length === 0) first = now;
    latencies.push(now - Number(data.content.text));
    if (latencies.length >= wanted) done.resolve();
    return new Response("ok");
  },
});

serve({
  url: () => server.url.href,
  async expect(count: number) {
    wanted = count;
    if (latencies.length < wanted) await done.promise;
    const ms = performance.timeOrigin + performance.now() - first;
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (part: number) => Number((sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2));
    latencies.length = 0;
    done = Promise.withResolvers();
    return { p50: at(0.5), p99: at(0.99), ms };
  },
});
