import { expect, test } from "bun:test";
import { folder } from "../store/house.ts";
import { prove } from "./proof/proof.ts";

test("receivers do all they can while the sender is killed: everything arrives, in order, counted truly", async () => {
  const size = { events: 300, chats: 10, kills: 4, speed: 100, outage: 150_000, deadline: 45_000 };
  const { faults } = await prove({ dir: folder(), ...size });
  expect(faults).toEqual([]);
}, 60_000);
