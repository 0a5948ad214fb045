import { newKey } from "../core/access/keys.ts";
import { eventTypes } from "../core/model/events/events.ts";
import { phoneNumber } from "../core/model/recipient.ts";

/** Parsers of settings. Each throws an Error whose message completes "PORT …". */
export type Parse<T> = (text: string) => T;

const takes = (what: string) => new Error(`takes ${what}`);

export const text: Parse<string> = (value) => value;

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

export const httpUrlOrOff: Parse<string> = (value) => (value === "off" ? value : httpUrl(value));

export const socketUrl: Parse<string> = (value) =>
  url(value, ["ws:", "wss:"], "a WebSocket address like ws://127.0.0.1:4000/ws/chat").href;

/** `https://example.com`, without a path; or `*`. */
export const origin: Parse<string> = (value) =>
  value === "*" || value === "null"
    ? value
    : url(value, ["http:", "https:"], "origins like https://example.com, null (a page opened as a file), or *").origin;

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
