/** What code changes when it changes the language under everybody's feet. Web classes are made when first touched: left alone. */
const built = [
  "Object Function Array String Number Boolean Symbol BigInt Date RegExp Promise Map Set WeakMap WeakSet Iterator",
  "Error TypeError RangeError ArrayBuffer Uint8Array JSON Math Reflect",
].flatMap((line) => line.split(" "));
const tools = "fetch setTimeout setInterval setImmediate queueMicrotask structuredClone console".split(" ");

type Bag = Record<string, unknown>;
const everything = globalThis as unknown as Bag;
// oxlint-disable-next-line typescript/unbound-method -- bound right here, before anybody can change it
const sourceOf = Function.prototype.call.bind(Function.prototype.toString) as (method: unknown) => string;

/** Whether a thread can be given to the next version: asked after one has ended, against what was there at the start. */
export function remember(): () => boolean {
  const names = [...built, ...tools];
  const values = names.map((name) => everything[name]);
  const things = parts(values);
  const counts = things.map(keysOf);
  const listening = listeners();
  let heard = false;
  const listen = self.addEventListener.bind(self);
  self.addEventListener = ((...args: Parameters<typeof listen>) => ((heard = true), listen(...args))) as typeof listen;
  const [listener, message] = [self.addEventListener, self.onmessage];
  const globals = keysOf(globalThis);
  return () =>
    !heard &&
    keysOf(globalThis) === globals &&
    listeners() === listening &&
    self.addEventListener === listener &&
    self.onmessage === message &&
    names.every((name, i) => everything[name] === values[i]) &&
    things.every((thing, i) => keysOf(thing) === counts[i]) &&
    parts(built.map((name) => everything[name])).every(isNative);
}

/** Each with its prototype. */
function parts(values: readonly unknown[]): object[] {
  return values.flatMap((value) => {
    const { prototype } = value as { prototype?: object };
    return typeof prototype === "object" ? [value as object, prototype] : [value as object];
  });
}

const keysOf = (thing: object) => Reflect.ownKeys(thing).length;
const listeners = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);

/** Every method is still the runtime's own. */
function isNative(thing: object): boolean {
  return Reflect.ownKeys(thing).every((key) => {
    const value: unknown = Object.getOwnPropertyDescriptor(thing, key)?.value;
    return typeof value !== "function" || sourceOf(value).includes("[native code]");
  });
}
