/** The path that this page's server is reached below, `/bot`; the server writes it into the document. */
const base = document.documentElement.dataset["base"] ?? "";

/** Where a browser asks for what the server has at `path`. */
export const served = (path: string): string => base + path;

/** What the server has where a browser would ask for it. */
export const unserved = (path: string): string =>
  base !== "" && path.startsWith(`${base}/`) ? path.slice(base.length) : path;
