import { tongues } from "./locales.ts";

export const config = tongues(
  {
    lead: "What this bot is set to. Settings stand in .env or in the environment; some change here, while it runs.",
    name: "Setting",
    value: "Value",
    source: "Where it stands",
    how: "How it changes",
    set: "set",
    waits: "needs a restart",
    change: "Change",
    changeHint: "Leave it empty for what holds without a change here.",
    all: "Show settings that are not set",
    sources: { default: "nowhere: the default", file: ".env", environment: "environment", api: "changed here" },
    hows: { api: "here", signal: "in .env, then SIGHUP", restart: "in .env, then a restart" },
  },
  {
    lead: "Setelan bot ini. Setelan ada di .env atau di environment; sebagian dapat diubah di sini, selagi bot berjalan.",
    name: "Setelan",
    value: "Nilai",
    source: "Tempatnya",
    how: "Cara mengubah",
    set: "terisi",
    waits: "perlu dijalankan ulang",
    change: "Ubah",
    changeHint: "Kosongkan untuk nilai yang berlaku tanpa perubahan di sini.",
    all: "Tampilkan setelan yang tidak diisi",
    sources: { default: "tidak ada: nilai bawaan", file: ".env", environment: "environment", api: "diubah di sini" },
    hows: { api: "di sini", signal: "di .env, lalu SIGHUP", restart: "di .env, lalu jalankan ulang" },
  },
);
