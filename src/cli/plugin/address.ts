import { Failure } from "../../core/base/failure.ts";
import { addressKind } from "../../net/address.ts";

/** Where a plugin is and which version of it is meant. */
export interface PluginAddress {
  kind: "file" | "git";
  url: string;
  /** Hex: SHA-256 of the file, or the commit. */
  hash: string;
  /** Within a repository; null is its root. */
  path: string | null;
}

const form = /^(.+)@([0-9a-fA-F]+)(?:#(.+))?$/;
const example =
  "It is https://example.com/weather.ts@<SHA-256 of the file>, or https://example.com/weather.git@<commit>#<file or folder in it>.";

/** Whether this names a plugin elsewhere, not one that comes with the bot. */
export const isPluginAddress = (text: string): boolean => /^[a-z+]+:\/\//i.test(text);

/** Throws `invalid`. */
export function pluginAddress(text: string): PluginAddress {
  const [, where = "", hash = "", path = null] = form.exec(text) ?? [];
  if (where === "") throw invalid(`"${text}" does not say which version is meant, by a hash. ${example}`);
  const isGit = /^git\+/i.test(where) || /\.git$/i.test(where);
  const url = where.replace(/^git\+/i, "");
  const lengths = isGit ? [40, 64] : [64];
  if (!lengths.includes(hash.length))
    throw invalid(
      isGit
        ? `A commit is the whole of its hash, 40 or 64 digits, not ${hash.length}. ${example}`
        : `The hash of a file is its SHA-256, 64 digits, not ${hash.length}: sha256sum prints it. ${example}`,
    );
  if (!isGit && path !== null) throw invalid(`Only in a repository there is "#${path}". ${example}`);
  return { kind: isGit ? "git" : "file", url: openUrl(url).href, hash: hash.toLowerCase(), path: tidyPath(path) };
}

/** https; http to this machine alone, where OUTBOUND_ALLOW has to open it. Throws `invalid`. */
export function openUrl(text: string, base?: string): URL {
  const url = URL.parse(text, base);
  if (url === null || url.username !== "" || url.password !== "")
    throw invalid(`"${text}" is no address, or has a user name in it. ${example}`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isHere = host === "localhost" || addressKind(host) === "loopback";
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere))
    throw invalid(`${url.protocol}//${url.host} is not read: a plugin comes by https. ${example}`);
  return url;
}

function tidyPath(path: string | null): string | null {
  if (path === null) return null;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0) return null;
  if (parts.includes("..") || path.includes("\\") || path.includes("\0"))
    throw invalid(`"#${path}" leads out of the repository.`);
  return parts.join("/");
}

const invalid = (sentence: string): Failure => new Failure("invalid", sentence);
