/** Where in a value something stands that cannot be handed to another thread, in words; null when nothing is found. */
export function flawIn(value: unknown, path = "", depth = 0): string | null {
  if (typeof value === "function") return `${path} is a function`;
  if (typeof value === "symbol") return `${path} is a symbol`;
  if (value instanceof Promise) return `${path} is a promise: await it`;
  if (typeof value !== "object" || value === null || depth > 8) return null;
  for (const [key, inner] of Object.entries(value)) {
    const flaw = flawIn(
      inner,
      Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`,
      depth + 1,
    );
    if (flaw) return flaw;
  }
  return null;
}
