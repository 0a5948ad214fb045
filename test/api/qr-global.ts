/** What `qrcode.min.js` from a CDN does: the library as a global. */
import QRCode from "qrcode/lib/browser.js";

Object.assign(globalThis, { QRCode });
