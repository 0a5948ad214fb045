import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unitText } from "../../src/cli/service/unit.ts";
import { startBotSimulator } from "../../src/cli/base/simulated.ts";
import { adminKey } from "../harness.ts";
import { linesOf } from "../lines.ts";
import { merpati, ran } from "./merpati.ts";

function folder(): string {
  return mkdtempSync(join(tmpdir(), "merpati-service-"));
}

/** A program of that name that writes down how it is called. */
function recorder(dir: string, name: string): { path: string; calls: () => string[] } {
  const [bin, file] = [join(dir, "bin"), join(dir, `${name}.calls`)];
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\necho "$@" >> ${file}\n`);
  chmodSync(join(bin, name), 0o755);
  const calls = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
  return { path: `${bin}:${process.env["PATH"] ?? ""}`, calls };
}

test("the unit names the folder, is watched, and may write nowhere else", async () => {
  const dir = folder();
  // A shell of cron has no USER.
  const { out } = await ran(dir, ["service", "install", "--print"], { USER: "" });
  expect(out).not.toContain("User=unknown");
  for (const line of [
    "Type=notify",
    "ExecReload=/bin/kill -HUP $MAINPID",
    `WorkingDirectory=${dir}`,
    `ReadWritePaths=${dir}`,
    "ProtectSystem=strict",
    "NoNewPrivileges=yes",
    "WatchdogSec=90",
    "WantedBy=multi-user.target",
  ])
    expect(out).toContain(`\n${line}\n`);
  expect(out).toMatch(/\nExecStart=.* start\n/);
  // Where the data and the backups are elsewhere, it may write there too.
  writeFileSync(join(dir, ".env"), "BACKUP_TO=/mnt/backups\n");
  const elsewhere = await ran(dir, ["service", "install", "--print"], { SESSIONS_DIR: "/srv/data", LOG_LEVEL: "warn" });
  expect(elsewhere.out).toContain(`\nReadWritePaths=${dir} -/srv/data -/mnt/backups\n`);
  expect(elsewhere.err).toBe(
    "SESSIONS_DIR, LOG_LEVEL: set in this shell's environment, which a service has not. Put it into .env.\n",
  );
  expect(unitText({ command: ["/opt/my bot/merpati", "start"], folder: "/srv/a b%c", user: null })).toContain(
    'ExecStart="/opt/my bot/merpati" start\nExecReload=/bin/kill -HUP $MAINPID\nWorkingDirectory=/srv/a b%%c\n',
  );
  rmSync(dir, { recursive: true });
});

const analyze = Bun.which("systemd-analyze");
if (analyze !== null)
  test("systemd finds nothing wrong with the unit", async () => {
    const dir = folder();
    const file = join(dir, "merpati.service");
    writeFileSync(file, unitText({ command: [process.execPath, "start"], folder: dir, user: "root" }));
    const check = Bun.spawn([analyze, "verify", "--man=no", file], { stdout: "pipe", stderr: "pipe" });
    const said = (await new Response(check.stdout).text()) + (await new Response(check.stderr).text());
    expect(said.split("\n").filter((line) => line.includes("merpati.service"))).toEqual([]);
    rmSync(dir, { recursive: true });
  });

test("install writes, enables and starts it; status and uninstall know it", async () => {
  const dir = folder();
  const { path, calls } = recorder(dir, "systemctl");
  const run = (...args: string[]) =>
    ran(dir, ["service", ...args, "--user"], { PATH: path, XDG_CONFIG_HOME: dir, HOME: dir });
  const missing = await run("status");
  expect([missing.out, missing.exit]).toEqual([
    expect.stringContaining("Install it with: merpati service install --user"),
    3,
  ]);
  const { out, exit } = await run("install");
  expect([out, exit]).toEqual([expect.stringContaining("runs now and at every boot"), 0]);
  const unit = join(dir, "systemd/user/merpati.service");
  expect(readFileSync(unit, "utf8")).toContain("WantedBy=default.target");
  await run("status");
  expect((await run("uninstall")).out).toContain("The service is gone.");
  expect(existsSync(unit)).toBe(false);
  expect(calls()).toEqual([
    "--user daemon-reload",
    "--user enable --now merpati.service",
    "--user status --no-pager --lines=0 merpati.service",
    "--user disable --now merpati.service",
    "--user daemon-reload",
  ]);
  expect((await run("uninstall")).err).toContain("nothing was changed");
  rmSync(dir, { recursive: true });
}, 20_000);

test("the bot tells systemd when it is ready, that it lives, and that it stops", async () => {
  const dir = folder();
  const sim = await startBotSimulator();
  const { path, calls } = recorder(dir, "systemd-notify");
  const env = {
    PATH: path,
    PORT: "0",
    HOST: "127.0.0.1",
    API_KEY: adminKey,
    WHATSAPP_URL: sim.url,
    WHATSAPP_ROOT_KEY: sim.rootKey,
    PLUGINS_DIR: join(dir, "plugins"),
    NOTIFY_SOCKET: "/nowhere",
    WATCHDOG_USEC: "200000",
  };
  const child = merpati(dir, ["start"], env);
  const said = linesOf(child.stdout);
  await said.until("Merpati listens on");
  while (!calls().some((call) => call.includes("WATCHDOG=1"))) await fetch(sim.control().url).catch(() => {});
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  const told = calls();
  expect(told[0]).toBe(`--pid=${child.pid} --ready --status=Running`);
  expect(told.at(-1)).toBe(`--pid=${child.pid} STOPPING=1`);
  await sim.stop();
  rmSync(dir, { recursive: true });
}, 30_000);
