import { tongues } from "./locales.ts";

export const linking = tongues(
  {
    way: "How to link",
    qr: "QR code",
    code: "Pairing code",
    qrAlt: "QR code to scan with WhatsApp",
    fetching: "Waiting for WhatsApp…",
    again: "Get a new QR code",
    qrSteps: [
      "Open WhatsApp on your phone",
      "Settings, then Linked devices",
      "Link a device, and point the camera here",
    ],
    changes: "A new one comes by itself in {seconds} s",
    left: "Time left",
    phone: "Phone number",
    phoneHint: "With country code, of the phone you want to link",
    getCode: "Get a code",
    newCode: "Get a new code",
    codeSteps: [
      "Open WhatsApp on that phone: it shows a notification",
      "Or: Linked devices, Link a device, Link with phone number instead",
      "Enter this code",
    ],
    codeLasts: "Good for another {seconds} s",
  },
  {
    way: "Cara menautkan",
    qr: "Kode QR",
    code: "Kode penautan",
    qrAlt: "Kode QR untuk dipindai dengan WhatsApp",
    fetching: "Menunggu WhatsApp…",
    again: "Minta kode QR baru",
    qrSteps: [
      "Buka WhatsApp di ponsel Anda",
      "Setelan, lalu Perangkat tertaut",
      "Tautkan perangkat, lalu arahkan kamera ke sini",
    ],
    changes: "Diganti sendiri dalam {seconds} dtk",
    left: "Sisa waktu",
    phone: "Nomor telepon",
    phoneHint: "Dengan kode negara, dari ponsel yang akan ditautkan",
    getCode: "Minta kode",
    newCode: "Minta kode baru",
    codeSteps: [
      "Buka WhatsApp di ponsel itu: muncul pemberitahuan",
      "Atau: Perangkat tertaut, Tautkan perangkat, Tautkan dengan nomor telepon saja",
      "Masukkan kode ini",
    ],
    codeLasts: "Berlaku {seconds} dtk lagi",
  },
);
