import { afterEach, beforeEach, expect, test } from "bun:test";
import { type Simulator, startSimulator } from "../../src/simulator/index.ts";
import { linkedClient } from "./client.ts";

let sim: Simulator;
beforeEach(async () => {
  sim = await startSimulator({ seed: 1 });
});
afterEach(() => sim.stop());

test("a QR is scanned and the client reaches open", async () => {
  const client = await linkedClient(sim);
  expect(client.auth.creds.me?.id).toBe("6281100000001:1@s.whatsapp.net");
  expect(sim.phone("6281100000001").linkedDevices()).toMatchObject([{ id: 1, online: true, preKeys: 811 }]);
  await client.disconnect();
  sim.assertNoProblems();
});
