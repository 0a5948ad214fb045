import { tongues } from "./locales.ts";

export const start = tongues(
  {
    title: "First steps",
    lead: "Four steps from here to a bot that talks.",
    done: "Done",
    key: "Sign in",
    keyDone: "You are in. This browser stays signed in for a week, or until it is not used for a day.",
    phone: "Link your phone",
    phoneDone: "{phone} is linked. WhatsApp is connected.",
    noDevice: "There is no device yet. Give your first one a name:",
    message: "Send a test message",
    hello: "Hello from Merpati!",
    webhook: "Let your program hear of it",
    onward: "All done: to the devices",
    later: "Do the rest later",
  },
  {
    title: "Langkah pertama",
    lead: "Empat langkah lagi sampai bot Anda berbicara.",
    done: "Selesai",
    key: "Masuk",
    keyDone: "Anda sudah masuk. Peramban ini tetap masuk selama seminggu, atau sampai sehari tidak dipakai.",
    phone: "Tautkan ponsel Anda",
    phoneDone: "{phone} sudah tertaut. WhatsApp tersambung.",
    noDevice: "Belum ada perangkat. Beri nama yang pertama:",
    message: "Kirim pesan percobaan",
    hello: "Halo dari Merpati!",
    webhook: "Kabari program Anda",
    onward: "Selesai: ke perangkat",
    later: "Lanjutkan nanti",
  },
);
