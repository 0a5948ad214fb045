import { tongues } from "./locales.ts";

export const door = tongues(
  {
    welcome: "Your WhatsApp bot is running. Sign in to see it.",
    key: "API key",
    hint: "It was shown in the terminal when Merpati first started. Lost it? Run: merpati key new --name=me --admin --scopes=read,send,manage",
    enter: "Sign in",
  },
  {
    welcome: "Bot WhatsApp Anda sedang berjalan. Masuk untuk melihatnya.",
    key: "Kunci API",
    hint: "Ditampilkan di terminal saat Merpati pertama kali dijalankan. Hilang? Jalankan: merpati key new --name=saya --admin --scopes=read,send,manage",
    enter: "Masuk",
  },
);
