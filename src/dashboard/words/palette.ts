import { tongues } from "./locales.ts";

export const palette = tongues(
  {
    title: "Find",
    hint: "Find (Ctrl+K)",
    section: "Section",
    device: "Device",
    webhook: "Webhook",
    chat: "Chat",
  },
  {
    title: "Cari",
    hint: "Cari (Ctrl+K)",
    section: "Bagian",
    device: "Perangkat",
    webhook: "Webhook",
    chat: "Obrolan",
  },
);
