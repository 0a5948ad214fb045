import QRCode from "qrcode";
import { dropOldest } from "../core/base/drop-oldest.ts";

const options = { errorCorrectionLevel: "M", margin: 2, scale: 8 } as const;

/** The picture of a QR's text as PNG. */
export const qrPng = (text: string): Promise<Buffer> => QRCode.toBuffer(text, options);

/** The picture of a QR's text as an SVG document. */
export const qrSvg = (text: string): Promise<string> => QRCode.toString(text, { ...options, type: "svg" });

const recent = new Map<string, Promise<string>>();
const mostRecent = 256;

/** The picture as `data:image/png;base64,…`. Clients poll, so the latest ones are kept. */
export function qrDataUrl(text: string): Promise<string> {
  const known = recent.get(text);
  if (known) return known;
  const picture = QRCode.toDataURL(text, options);
  recent.set(text, picture);
  dropOldest(recent, mostRecent);
  return picture;
}
