import { newKey } from "../core/access/keys.ts";
import { type ProxyServer, readProxy } from "../core/model/proxy-server.ts";
import { eventTypes } from "../core/model/events/events.ts";
import {
  alertRules as alertRuleTable,
  defaultThresholds,
  type RuleName,
  ruleNames,
  thresholdIn,
  type Thresholds,
  usual,
} from "../core/alerts/rules.ts";
import { type QuietHours, quietHoursIn } from "../core/alerts/quiet-hours.ts";
import { phoneNumber } from "../core/model/recipient.ts";
import { secretBytes } from "../core/webhooks/webhook-secret.ts";

/** Parsers of settings. Each throws an Error whose message completes "PORT …". */
export type Parse<T> = (text: string) => T;

const takes = (what: string) => new Error(`takes ${what}`);

export const text: Parse<string> = (value) => value;

/** What signs deliveries: a text, or `whsec_` and bytes in base64. */
export const webhookSecret: Parse<string> = (value) => {
  try {
    secretBytes(value);
    return value;
  } catch {
    throw takes('"whsec_" and 24 to 64 bytes in base64, or a text of 8 to 256 bytes');
  }
};

export const integer =
  (least: number, most: number): Parse<number> =>
  (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw takes(`a whole number from ${least} to ${most}`);
  };

export const flag: Parse<boolean> = (value) => {
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off)$/i.test(value)) return false;
  throw takes("true or false");
};

export const oneOf =
  <T extends string>(...choices: readonly T[]): Parse<T> =>
  (value) => {
    const choice = choices.find((each) => each === value.toLowerCase());
    if (choice) return choice;
    throw takes(choices.join(" or "));
  };

/** 32 bytes. */
export const sealKey: Parse<string> = (value) => {
  if (Buffer.from(value, "base64").length === 32) return value;
  throw takes("32 bytes in base64; merpati seal key <file> makes such a key");
};

export const pattern =
  (shape: RegExp, what: string): Parse<string> =>
  (value) => {
    if (shape.test(value)) return value;
    throw takes(what);
  };

/** Comma-separated. */
export const list =
  <T>(parse: Parse<T>): Parse<T[]> =>
  (value) =>
    value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map(parse);

const url = (value: string, protocols: readonly string[], what: string): URL => {
  const parsed = URL.parse(value);
  if (parsed && protocols.includes(parsed.protocol)) return parsed;
  throw takes(what);
};

export const httpUrl: Parse<string> = (value) =>
  url(value, ["http:", "https:"], "an address like https://example.com/hook").href;

/** Throws what says nothing of the address: it may hold a password. */
export const proxy: Parse<ProxyServer> = (value) => {
  const read = readProxy(value);
  if (typeof read === "string") throw new Error(read);
  return read;
};

export const httpUrlOrOff: Parse<string> = (value) => (value === "off" ? value : httpUrl(value));

export const socketUrl: Parse<string> = (value) =>
  url(value, ["ws:", "wss:"], "a WebSocket address like ws://127.0.0.1:4000/ws/chat").href;

/** `https://example.com`, without a path; or `*`. */
export const origin: Parse<string> = (value) =>
  value === "*" || value === "null"
    ? value
    : url(value, ["http:", "https:"], "origins like https://example.com, null (a page opened as a file), or *").origin;

/** What the bot has at its root: below a path of that name nobody could tell which is meant. */
export const ownPaths =
  "api assets connection docs health media metrics plugins sandbox session socket.io status v1".split(" ");

/** `/bot` or `/tools/bot`. */
export const basePath: Parse<string> = (value) => {
  const path = value.replace(/\/+$/, "");
  if (path !== "" && !/^(\/(?!\.+(\/|$))[A-Za-z0-9._~-]+)+$/.test(path)) throw takes("a path like /bot");
  const own = ownPaths.find((name) => path === `/${name}` || path.startsWith(`/${name}/`));
  if (own !== undefined) throw new Error(`cannot be below /${own}, which is the bot's own: take another, like /bot`);
  return path;
};

/** `loopback`, `private`, a host name, an address or a network (`192.168.1.0/24`). */
export const outboundHost: Parse<string> = pattern(
  /^([\w.-]+|[\d.]+\/([12]?\d|3[0-2])|[\da-f:]+(\/(\d\d?|1[01]\d|12[0-8]))?)$/i,
  "host names without a port, addresses, networks like 192.168.1.0/24, private or loopback",
);

/** An address or a network, `10.0.0.0/8`. */
export const network: Parse<string> = (value) => {
  const [address = "", bits, ...more] = value.split("/");
  const isIPv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/.test(address);
  const isAddress = isIPv4 || (/^[\da-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]`));
  const isWhole = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4 ? 32 : 128));
  if (!isAddress || !isWhole || more.length > 0) throw takes("addresses and networks, like 127.0.0.1 or 10.0.0.0/8");
  return value;
};

/** An event type, a family (`device.*`) or `*`. */
export const eventFilter: Parse<string> = (value) => {
  const family = value.endsWith(".*") && eventTypes.some((type) => type.startsWith(value.slice(0, -1)));
  if (value === "*" || family || eventTypes.some((type) => type === value)) return value;
  throw takes(`event types (${eventTypes.join(", ")}), families like device.*, or *`);
};

export const phone: Parse<string> = (value) => {
  try {
    return phoneNumber(value);
  } catch {
    throw takes("digits with country code, without spaces or a leading 0, like 628123456789");
  }
};

/** `default:628123456789` */
export const deviceAndNumber: Parse<{ device: string; number: string }> = (value) => {
  const [, device = "", number = ""] = /^([A-Za-z0-9_-]{1,64}):(.+)$/.exec(value) ?? [];
  if (device === "") throw takes("the id of a device and a number, like default:628123456789");
  return { device, number: phone(number) };
};

export const email: Parse<string> = pattern(/^[^\s@<>,"]+@[^\s@<>,"]+$/, "e-mail addresses like me@example.com");

export const smtpUrl: Parse<string> = (value) =>
  url(value, ["smtp:", "smtps:"], "an address like smtps://user:password@mail.example.com:465").href;

export const quietHours: Parse<QuietHours> = (value) => {
  const found = quietHoursIn(value);
  if (found) return found;
  throw takes("two times of day, like 22:00-07:00");
};

/** `all,device_offline=10m,!unknown_stanza`: from left to right. `off` is none. */
export const alertRules: Parse<Thresholds> = (value) => {
  const chosen = new Map<RuleName, number | null>();
  const parts = value.split(",").map((part) => part.trim());
  // Whoever only changes some keeps the others.
  if (parts.every((part) => /^!|=/.test(part))) for (const [name, limit] of defaultThresholds) chosen.set(name, limit);
  for (const part of parts) {
    if (part === "off") chosen.clear();
    else if (part === "all") for (const [name, limit] of defaultThresholds) chosen.set(name, limit);
    else if (part.startsWith("!")) chosen.delete(ruleIn(part.slice(1)));
    else {
      const [name = "", limit] = part.split("=");
      const rule = ruleIn(name);
      chosen.set(rule, limit === undefined ? usual(rule) : limitOf(rule, limit));
    }
  }
  return chosen;
};

function ruleIn(name: string): RuleName {
  const found = ruleNames.find((each) => each === name);
  if (found) return found;
  throw takes(`all, off or rules with commas: ${ruleNames.join(", ")}`);
}

function limitOf(rule: RuleName, text: string): number {
  const found = usual(rule) === null ? null : thresholdIn(text);
  const wantsBytes = "below" in alertRuleTable[rule];
  if (found !== null && text.endsWith("B") === wantsBytes) return found;
  throw takes(
    usual(rule) === null ? `no limit for ${rule}` : `${wantsBytes ? "a size like 2GB" : "a time like 5m"} for ${rule}`,
  );
}

/** Keys that are printed in documentation: everybody knows them. */
const publicKeys = new Set([
  "daa8ce0ff449a97c15a9159156cfb20a48bda1037450457f1c26e19159d7818a",
  "your_api_key_here",
  "your_api_key",
]);

/** Shorter ones are guessed. */
const shortestKey = 16;

export const apiKey: Parse<string> = (value) => {
  if (publicKeys.has(value.toLowerCase()))
    throw new Error(
      "is the sample key from the documentation, which everybody knows. Leave API_KEY out and the first start makes " +
        "one, or run `merpati key new`",
    );
  if (!/^[\x21-\x7e]+$/.test(value)) throw takes("visible ASCII characters without spaces");
  if (value.length < shortestKey)
    throw new Error(
      `is too short to be safe: it takes ${shortestKey} characters or more. Here is a good one: ${newKey()}`,
    );
  return value;
};
