import { type Command, command, print, printable } from "./base/command.ts";
import { reachingTenant, RunningBot, type WhichBot } from "./base/running-bot.ts";
import { proxyAddress } from "./base/proxy-address.ts";
import { linkDevice } from "./device/link.ts";

/** `merpati device …`: asks the bot that runs. */
export function deviceCommand() {
  const device = command("device", "Makes, links, starts, stops, renames and removes devices of the running bot.");
  making(device);
  living(device);
  exporting(device);
  reachingTenant(
    device
      .command("link <id>")
      .description("Shows a QR code in the terminal, or a pairing code, until the phone has linked the device.")
      .option("--code <number>", "By pairing code, for the phone of this number with its country code."),
  ).action((id, { code, ...which }) => linkDevice(RunningBot.find(which), id, code));
  return device;
}

interface ListedDevice {
  device_id: string;
  label: string | null;
  status: string;
  reason: string;
}

const pathOf = (id: string): string => `/v1/devices/${encodeURIComponent(id)}`;

function making(device: Command): void {
  reachingTenant(
    device
      .command("new <id>")
      .description("Makes a device; the id takes letters, digits, _ and -.")
      .option("--label <name>", "What people know it by.")
      .option("--proxy <address>", "The proxy that it leaves by, or - to read it from standard input."),
  ).action(async (id, { label, proxy: given, ...which }) => {
    const proxy = given === undefined ? null : await proxyAddress(given);
    const body = { device_id: id, ...(label !== undefined && { label }), ...(proxy !== null && { proxy }) };
    await RunningBot.find(which).ask("POST", adminPath(which), body);
    const whose = which.tenant === undefined ? "" : ` --tenant=${which.tenant}`;
    print(`Made the device ${id}. Link it with: merpati device link ${id}${whose}`);
  });
  reachingTenant(device.command("list").description("Every device and how it is.")).action(async (which) => {
    const { data } = await RunningBot.find(which).ask("GET", adminPath(which));
    for (const each of data as ListedDevice[])
      print([each.device_id, printable(each.label ?? ""), each.status, each.reason].join("  "));
  });
  reachingTenant(
    device.command("remove <id>").description("Logs a device out and deletes it with all that it kept."),
  ).action(async (id, which) => {
    await RunningBot.find(which).ask("DELETE", `${adminPath(which)}/${encodeURIComponent(id)}`);
    print(`Removed the device ${id} with its session.`);
  });
  reachingTenant(
    device.command("rename <id> <label>").description("Changes what people know a device by; its id stays."),
  ).action(async (id, label, which) => {
    await RunningBot.find(which).ask("PATCH", pathOf(id), { label });
    print(`The device ${id} is called ${printable(label)} now.`);
  });
  reachingTenant(
    device
      .command("proxy <id> <address>")
      .description(
        'The proxy that a device leaves by, like socks5://user:password@10.0.0.5:1080; "none", or - to read it from standard input.',
      ),
  ).action(async (id, given, which) => {
    const proxy = await proxyAddress(given);
    await RunningBot.find(which).ask("PATCH", pathOf(id), { proxy });
    print(`The device ${id} leaves by ${proxy === null ? "no proxy of its own" : "that proxy"} now.`);
  });
}

function exporting(device: Command): void {
  reachingTenant(
    device
      .command("export <id> <contact> <file>")
      .description("Writes everything that a device keeps of a person into a tar: JSON lines and files."),
  ).action(async (id, contact, file, which) => {
    await RunningBot.find(which).download(`${pathOf(id)}/contacts/${encodeURIComponent(contact)}/export`, file);
    print(`${file} holds what the device ${id} keeps of ${printable(contact)}.`);
  });
}

/** One verb that a device knows, and what is said when it was done. */
const verbs = {
  start: ["Connects a device; harmless when it is.", "is starting"],
  stop: ["Disconnects a device; it stays linked.", "is stopped"],
  logout: ["Unlinks a device from its WhatsApp account and forgets its keys.", "is logged out"],
} as const;

function living(device: Command): void {
  for (const [verb, [about, said]] of Object.entries(verbs))
    reachingTenant(device.command(`${verb} <id>`).description(about)).action(async (id, which) => {
      await RunningBot.find(which).ask("POST", `${pathOf(id)}/${verb}`);
      print(`The device ${id} ${said}.`);
    });
}

const adminPath = ({ tenant = "default" }: WhichBot): string =>
  `/v1/admin/tenants/${encodeURIComponent(tenant)}/devices`;
