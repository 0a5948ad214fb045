import { EventEmitter } from "node:events";
import { expect, test } from "bun:test";
import type { WASocket } from "@whiskeysockets/baileys";
import { serialise } from "../../src/whatsapp/wire/socket.ts";

/** A WebSocket as Baileys has one, whose frames take so long to be worked on, milliseconds. */
function wire(ms: number, seen: number[]): EventEmitter {
  const ws = new EventEmitter();
  ws.on("message", (frame: Buffer): unknown => {
    const end = performance.now() + ms;
    while (performance.now() < end);
    seen.push(frame[0] ?? 0);
    return frame[0] === 7 ? Promise.reject(new Error("a frame that does not decode")) : Promise.resolve();
  });
  return ws;
}

test("many frames at once are worked on in order, and others have their turns meanwhile", async () => {
  const seen: number[] = [];
  const failed: unknown[] = [];
  const ws = wire(1, seen);
  serialise({ ws } as unknown as Pick<WASocket, "ws">, (error) => failed.push(error));
  const frames = Array.from({ length: 100 }, (_, at) => at);
  for (const frame of frames) ws.emit("message", Buffer.from([frame]));
  let turns = 0;
  while (seen.length < frames.length) {
    await new Promise((resume) => setImmediate(resume));
    turns++;
  }
  expect(seen).toEqual(frames);
  expect(failed).toHaveLength(1);
  expect(turns).toBeGreaterThan(5);
});
