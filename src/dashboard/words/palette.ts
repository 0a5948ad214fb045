import { tongues } from "./locales.ts";

export const palette = tongues(
  {
    title: "Find",
    hint: "Find (Ctrl+K)",
    section: "Section",
    device: "Device",
    webhook: "Webhook",
    chat: "Chat",
    person: "Contact",
    setting: "Setting",
    placeholder: "A device, chat, contact, webhook or setting",
  },
  {
    title: "Cari",
    hint: "Cari (Ctrl+K)",
    section: "Bagian",
    device: "Perangkat",
    webhook: "Webhook",
    chat: "Obrolan",
    person: "Kontak",
    setting: "Setelan",
    placeholder: "Perangkat, obrolan, kontak, webhook, atau setelan",
  },
);
