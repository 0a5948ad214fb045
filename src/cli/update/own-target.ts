import { existsSync } from "node:fs";

/** Put in when the program is compiled; from source there is none. */
declare const BUILD_TARGET: string | undefined;

/** The kind of machine that Bun compiles for where it runs: `linux-x64`, `linux-arm64-musl`, `windows-x64`. */
export function hostTarget(): string {
  const isMusl = process.platform === "linux" && existsSync("/etc/alpine-release");
  return `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}${isMusl ? "-musl" : ""}`;
}

/** The kind that this program was compiled for: an update must be for the same, as an old processor needs `-baseline`. */
export const ownTarget = (): string => (typeof BUILD_TARGET === "string" ? BUILD_TARGET : hostTarget());
