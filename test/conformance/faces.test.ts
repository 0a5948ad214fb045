import { expect, test } from "bun:test";
import { qrDataUrl } from "../../src/api/picture.ts";
import type { ProfileName } from "../../src/simulator/index.ts";
import { type TestBot, startBot } from "../harness.ts";
import type { Driver } from "./driver.ts";
import { ConnectionDriver, DevicesDriver, V1Driver } from "./http-drivers.ts";
import { GatewayDriver, SessionDriver } from "./socket-drivers.ts";

const drivers: (() => Driver)[] = [
  () => new ConnectionDriver(),
  () => new V1Driver("device_xyz789abc123"),
  () => new DevicesDriver("customer1"),
  () => new GatewayDriver(),
  () => new SessionDriver("device123"),
];

/** What the phone's camera sees: the text itself, or the picture of the QR that is valid now. */
async function scan(bot: TestBot, device: string, shown: string): Promise<void> {
  const { qr } = bot.workspace.device(device).status();
  if (!qr) throw new Error("no QR is valid");
  expect([qr.qr, await qrDataUrl(qr.qr)]).toContain(shown);
  await bot.phone.scan(qr.qr);
}

/** The newest WhatsApp, and one that some accounts may still meet. */
const profiles = ["newest", "2026-03"] as const;
const runs = profiles.flatMap((profile) =>
  drivers.map((make): [string, ProfileName, Driver] => [make().name, profile, make()]),
);

test.each(runs)("%s: the whole story on the WhatsApp %s", async (_, profile, driver) => {
  await using bot = await startBot({ simulator: { profile } });
  const ann = bot.contact();
  await driver.open(bot);
  await driver.start?.();
  await scan(bot, driver.device, await driver.qr());
  await driver.connected();

  await ann.says("hello bot", { to: bot.phone });
  await driver.received?.("hello bot");
  if (driver.send) {
    await driver.send(ann.number, "hello Ann");
    await ann.hears("hello Ann");
  }

  driver.close();
  await bot.restart();
  await driver.open(bot);
  await driver.connected();

  if (driver.stop && driver.start) {
    await driver.stop();
    await driver.disconnected();
    await driver.start();
    await driver.connected();
  }
  await driver.logout();
  await driver.disconnected();
  expect(bot.phone.linkedDevices()).toEqual([]);
  driver.close();
  bot.sim.assertNoProblems();
});

test("all five on one device agree", async () => {
  await using bot = await startBot();
  const five: Driver[] = [
    new ConnectionDriver(),
    new V1Driver("default"),
    new DevicesDriver("default"),
    new GatewayDriver(),
    new SessionDriver("default"),
  ];
  await Promise.all(five.map((driver) => driver.open(bot)));
  const shown = await Promise.all(five.map((driver) => driver.qr()));
  const { qr } = bot.workspace.device("default").status();
  const valid = [qr?.qr, await qrDataUrl(qr?.qr ?? "")];
  for (const each of shown) expect(valid).toContain(each);
  await scan(bot, "default", shown[0] ?? "");
  await Promise.all(five.map((driver) => driver.connected()));

  const ann = bot.contact();
  const texts = ["from v1", "from devices", "from gateway"];
  await Promise.all(
    five
      .filter((driver) => driver.send !== undefined)
      .map((driver, place) => driver.send?.(ann.number, texts[place] ?? "")),
  );
  for (const text of texts) await ann.hears(text);

  await five.at(-1)?.logout();
  await Promise.all(five.map((driver) => driver.disconnected()));
  for (const driver of five) driver.close();
});
