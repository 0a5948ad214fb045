import { plainly } from "../api/failures.ts";
import { iso } from "../api/moment.ts";
import { qrDataUrl, qrPng } from "../api/picture.ts";
import type { App } from "../core/app.ts";
import { asFailure, Failure } from "../core/base/failure.ts";
import type { PasskeyLinks } from "../core/device/passkey-link.ts";
import type { QrLinks } from "../core/device/qr-link.ts";
import type { PageServer } from "./pages.ts";

interface Parts {
  app: Pick<App, "as" | "isKeyUsable">;
  links: QrLinks;
  passkeyLinks: PasskeyLinks;
  pages: PageServer;
}

/**
 * `/connection/qr?link=…`: one QR, for those who were given a link and have no key. A page, which may stand in a frame;
 * a picture for an `<img>`; else JSON.
 */
export async function embeddedQr(request: Request, token: string, parts: Parts): Promise<Response> {
  const accept = request.headers.get("accept") ?? "";
  if (accept.includes("text/html")) {
    const page = await parts.pages.answer(request, "/connection/qr");
    if (page) return page;
  }
  const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
  try {
    const { tenant, device, key, expiresAt } = parts.links.read(token);
    if (!parts.app.isKeyUsable(key))
      throw new Failure("unauthorized", "The key that made this link is no longer valid: ask for a new link.");
    const workspace = parts.app.as({ tenant, key, scopes: ["read", "manage"], devices: [device] });
    if (accept.startsWith("image/")) {
      const { qr } = await workspace.device(device).qr();
      const picture = new Uint8Array(await qrPng(qr));
      return new Response(picture, { headers: { ...headers, "content-type": "image/png" } });
    }
    const data = await standing(workspace.device(device), expiresAt);
    const passkey = workspace.device(device).status().passkey;
    const signing = passkey && parts.passkeyLinks.sign({ tenant, device, key, ceremony: passkey.id }).token;
    return Response.json({ success: true, data: { ...data, passkey_link: signing } }, { headers });
  } catch (error) {
    const { status, body } = plainly(asFailure(error));
    return Response.json(body, { status, headers });
  }
}

async function standing(device: ReturnType<ReturnType<App["as"]>["device"]>, until: number) {
  // Waits for the first QR, and brings a device that rests to show one.
  if (device.status().phase !== "connected") await device.qr().catch(() => null);
  const { phase, reason, qr } = device.status();
  return {
    phase,
    reason,
    qr_code: qr ? await qrDataUrl(qr.qr) : null,
    expires_at: qr ? iso(qr.expiresAt) : null,
    link_expires_at: iso(until),
  };
}
