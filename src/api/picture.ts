import { dropOldest } from "../core/base/drop-oldest.ts";

const options = { errorCorrectionLevel: "M", margin: 2, scale: 8 } as const;

/** Read when somebody first wants a picture: most bots are linked. */
const drawer = async () => (await import("qrcode")).default;

/** The picture of a QR's text as PNG. */
export const qrPng = async (text: string): Promise<Buffer> => (await drawer()).toBuffer(text, options);

/** The picture of a QR's text as an SVG document. */
export const qrSvg = async (text: string): Promise<string> =>
  (await drawer()).toString(text, { ...options, type: "svg" });

const recent = new Map<string, Promise<string>>();
const mostRecent = 256;

/** The picture as `data:image/png;base64,…`. Clients poll, so the latest ones are kept. */
export function qrDataUrl(text: string): Promise<string> {
  const known = recent.get(text);
  if (known) return known;
  const picture = drawer().then((qrcode) => qrcode.toDataURL(text, options));
  recent.set(text, picture);
  dropOldest(recent, mostRecent);
  return picture;
}
