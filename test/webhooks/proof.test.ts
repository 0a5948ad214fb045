import { expect, test } from "bun:test";
import { folder } from "../store/house.ts";
import { prove } from "./proof/proof.ts";

const size = { events: 300, chats: 10, kills: 4, speed: 100, outage: 150_000 };

test("receivers do all they can while the sender is killed: everything arrives, in order, and the log tells it", async () => {
  const seed = Date.now() % 1_000_000;
  const { faults } = await prove({ dir: folder(), seed, ...size, deadline: 45_000 });
  expect({ seed, faults }).toEqual({ seed, faults: [] });
}, 60_000);

test("a sender that keeps in memory what is to be delivered loses some, so the proof can see a loss", async () => {
  const { faults } = await prove({ dir: folder(), seed: 7, ...size, deadline: 3_000, sender: "./forgetful-sender.ts" });
  expect(faults).toContainEqual(expect.stringMatching(/^down: \d+ of 300 events did not arrive$/));
}, 60_000);
