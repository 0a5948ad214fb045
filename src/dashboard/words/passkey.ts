import { tongues } from "./locales.ts";

/** Loaded where a passkey is asked for, not with the first page. */
export const passkey = tongues(
  {
    title: "Sign with your passkey",
    about: "WhatsApp wants your passkey before it links the device “{device}”.",
    stages: {
      preparing: "Waiting for what WhatsApp wants signed…",
      signature: "Sign on web.whatsapp.com, in a browser that has your passkey.",
      sending: "The signature is on its way to WhatsApp…",
      phone: "WhatsApp has the signature. Keep WhatsApp open on the phone: it has to answer.",
      code: "Compare this code with the one on the phone.",
      finishing: "The phone links the device. Keep WhatsApp open on it.",
    },
    open: "Open web.whatsapp.com and sign",
    extension:
      "For this the browser needs the extension from clients/passkey. Scan nothing there: the QR code of that page is another one.",
    without: "Without the extension",
    steps: [
      "Open web.whatsapp.com on a computer, and press F12 for the console",
      "Paste the script below there, press Enter, and click the button that appears",
      "This page opens by itself once you have signed; else paste here what the script copied",
    ],
    snippet: "Script for the console",
    paste: "What the script copied",
    hand: "Hand it over",
    code: "Code",
    same: "The phone shows the same",
    differs: "It shows another one",
    left: "Another {seconds} s",
    link: "Sign with the passkey",
    linkHint:
      "The link is good for ten minutes and this attempt. Whoever has the passkey can use it; no key is needed.",
    cancel: "Break it off",
    off: "WhatsApp wants a passkey before it links this account. With PASSKEY_LINKING=true its owner can sign with it here.",
  },
  {
    title: "Tanda tangani dengan passkey",
    about: "WhatsApp meminta passkey Anda sebelum menautkan perangkat “{device}”.",
    stages: {
      preparing: "Menunggu apa yang harus ditandatangani…",
      signature: "Tanda tangani di web.whatsapp.com, di peramban yang menyimpan passkey Anda.",
      sending: "Tanda tangan sedang dikirim ke WhatsApp…",
      phone: "Tanda tangan sudah di WhatsApp. Biarkan WhatsApp terbuka di ponsel: ponsel harus menjawab.",
      code: "Bandingkan kode ini dengan yang ada di ponsel.",
      finishing: "Ponsel sedang menautkan perangkat. Biarkan WhatsApp terbuka.",
    },
    open: "Buka web.whatsapp.com dan tanda tangani",
    extension: "Peramban perlu ekstensi dari clients/passkey. Jangan pindai apa pun di sana: kode QR halaman itu lain.",
    without: "Tanpa ekstensi",
    steps: [
      "Buka web.whatsapp.com di komputer, lalu tekan F12 untuk konsol",
      "Tempel skrip di bawah ini di sana, tekan Enter, lalu klik tombol yang muncul",
      "Halaman ini terbuka sendiri setelah Anda menandatangani; jika tidak, tempel di sini apa yang disalin skrip",
    ],
    snippet: "Skrip untuk konsol",
    paste: "Yang disalin skrip",
    hand: "Serahkan",
    code: "Kode",
    same: "Ponsel menampilkan yang sama",
    differs: "Kodenya berbeda",
    left: "{seconds} dtk lagi",
    link: "Tanda tangani dengan passkey",
    linkHint:
      "Tautan berlaku sepuluh menit, untuk percobaan ini saja. Siapa yang memegang passkey dapat memakainya; tanpa kunci.",
    cancel: "Batalkan",
    off: "WhatsApp meminta passkey sebelum menautkan akun ini. Dengan PASSKEY_LINKING=true pemiliknya dapat menandatangani di sini.",
  },
);
