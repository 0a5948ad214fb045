import { expect } from "bun:test";
import type { MediaRecord } from "../../src/core/ports/media.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { held, refusal } from "../store/house.ts";
import { holds } from "./grounds.ts";

const stream = (text: string) => new Blob([text]).stream();
const textOf = async (store: Store, sha256: string) => (await store.media.bytes(sha256))?.text() ?? null;

const record = (id: string, changes: Partial<MediaRecord> = {}): MediaRecord => ({
  id,
  tenant: "default",
  device: "d1",
  mime: "image/jpeg",
  name: "a.jpg",
  size: 5,
  sha256: "aa",
  state: "ready",
  reason: null,
  remote: null,
  facts: { width: 3 },
  thumbnail: new Uint8Array([1, 2]),
  createdAt: 10,
  usedAt: 10,
  ...changes,
});

holds("bytes are kept under their hash, once; above the limit nothing is", async (open) => {
  const { store } = await open();
  const one = await store.media.keep(stream("pigeon"), 100);
  expect(await store.media.keep(stream("pigeon"), 100)).toEqual(one);
  expect(one).toEqual({ sha256: new Bun.CryptoHasher("sha256").update("pigeon").digest("hex"), size: 6 });
  expect(await textOf(store, one.sha256)).toBe("pigeon");
  expect(await refusal(store.media.keep(stream("x".repeat(101)), 100))).toStartWith("too_large: ");
  const gone = new Bun.CryptoHasher("sha256").update("x".repeat(101)).digest("hex");
  expect(await textOf(store, gone)).toBeNull();
});

holds("a file is read as it was written; what is used later stays used later", async (open) => {
  const { store } = await open();
  await held(store);
  await store.media.add(record("f1"));
  await store.media.add(record("f1", { name: "another of that id" }));
  expect(await store.media.get("f1")).toEqual(record("f1"));
  await store.media.update("f1", {
    usedAt: 50,
    state: "failed",
    reason: "gone",
    thumbnail: null,
    facts: { seconds: 4 },
  });
  await store.media.update("f1", { usedAt: 20 });
  const changed = { usedAt: 50, state: "failed", reason: "gone", thumbnail: null, facts: { seconds: 4 } } as const;
  expect(await store.media.get("f1")).toEqual(record("f1", changed));
  expect(await store.media.get("none")).toBeNull();
});

holds("the same file is of the same device, name and type, and is here", async (open) => {
  const { store } = await open();
  await store.media.add(record("f1"));
  await store.media.add(record("f2", { name: null, sha256: "bb" }));
  await store.media.add(record("f3", { sha256: "cc", state: "remote" }));
  const same = async (like: Partial<MediaRecord>) => (await store.media.same(record("?", like)))?.id ?? null;
  expect(await same({})).toBe("f1");
  expect(await same({ name: null, sha256: "bb" })).toBe("f2");
  for (const like of [{ name: "b.jpg" }, { mime: "image/png" }, { device: "d2" }, { sha256: "bb" }, { sha256: "cc" }])
    expect([like, await same(like)]).toEqual([like, null]);
});

holds("what came in a message is with WhatsApp until it is fetched, newest first", async (open) => {
  const { store, clock } = await open();
  const hold = await held(store);
  for (const id of ["old", "mid", "new"]) {
    const { mime, name, size, sha256 } = record(id);
    await store.ledger.record(hold, { events: [], media: [{ id, mime, name, size, sha256, remote: `at ${id}` }] });
    clock.wind(1_000);
  }
  const began = clock.now() - 3_000;
  const remote = async (since: number, limit = 9) => (await store.media.remote("d1", since, limit)).map(({ id }) => id);
  expect(await remote(0)).toEqual(["new", "mid", "old"]);
  expect([await remote(0, 1), await remote(began + 1_000)]).toEqual([["new"], ["new", "mid"]]);
  await store.media.update("mid", { state: "ready" });
  expect(await remote(0)).toEqual(["new", "old"]);
  expect((await store.media.get("new"))?.remote).toBe("at new");
});
