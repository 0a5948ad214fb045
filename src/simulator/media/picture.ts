import type { Network } from "../network/network.ts";

/** Stores a picture, for anyone to fetch without a key. */
export function setPicture(network: Network, bytes: Buffer): { id: string; url: string; direct_path: string } {
  const { url, directPath } = network.media.store(bytes);
  return { id: network.newId(), url, direct_path: directPath };
}
