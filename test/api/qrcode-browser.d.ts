declare module "qrcode/lib/browser.js" {
  import QRCode from "qrcode";
  export default QRCode;
}
