/** Refuses what leaves this machine, as a machine without a network does, until it is disposed of. */
export function loopbackOnly(): Disposable {
  const { fetch: real } = globalThis;
  const isHere = (url: string): boolean => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
  const guarded = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    return isHere(url) ? real(input, init) : Promise.reject(new TypeError(`no way to ${new URL(url).hostname}`));
  };
  globalThis.fetch = Object.assign(guarded, { preconnect: real.preconnect });
  return { [Symbol.dispose]: () => void (globalThis.fetch = real) };
}
