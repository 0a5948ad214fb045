/** The bot as a process that dies at a point: `CRASH_POINT`, `CRASH_NTH`. Without them it is the bot as it is. */
import { compose } from "../../src/composition/composition.ts";
import { loadConfig } from "../../src/config/config.ts";
import { makeLog } from "../../src/log/log.ts";
import { dyingAt, type Point, points } from "./points.ts";

const point = points.find((one) => one === process.env["CRASH_POINT"]);
delete process.env["CRASH_POINT"];
const config = loadConfig();
const around = point ? dyingAt(point satisfies Point, Number(process.env["CRASH_NTH"] ?? 1)) : undefined;
const running = await compose(config, makeLog(config), { around });
process.stdout.write(`listens on ${running.url}\n`);
process.once("SIGTERM", () => void running.stop().then(() => process.exit(0)));
