import { tongues } from "./locales.ts";

export const link = tongues(
  {
    title: "Link WhatsApp",
    connected: "Linked. You can close this page.",
    over: "This link is no longer good. Ask for a new one.",
    passkey: "WhatsApp wants your passkey before it links this device.",
    sign: "Sign with your passkey",
  },
  {
    title: "Tautkan WhatsApp",
    connected: "Tertaut. Halaman ini boleh ditutup.",
    over: "Tautan ini tidak berlaku lagi. Minta yang baru.",
    passkey: "WhatsApp meminta passkey Anda sebelum menautkan perangkat ini.",
    sign: "Tanda tangani dengan passkey",
  },
);
