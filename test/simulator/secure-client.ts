import { downloadMediaMessage, type WAMessage } from "@whiskeysockets/baileys";
import { startMarch2026 } from "./march-2026.ts";
import { linkedClient } from "./client.ts";

/**
 * Links over wss and sends media both ways. Trust in the certificate comes from NODE_EXTRA_CA_CERTS, which counts only
 * at a process's start, so this program runs itself again with it.
 */
const directory = process.argv[2] ?? "";
const stage = process.argv[3];

if (stage === undefined) {
  const sim = await startMarch2026({ seed: 1 });
  const ann = sim.contact("628123456789", { name: "Ann" });
  await Bun.write(`${directory}/ca.pem`, sim.certificate);
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: `${directory}/ca.pem` };
  const child = Bun.spawn([process.execPath, import.meta.path, directory, `${sim.secureUrl} ${sim.rootKey}`], {
    env,
    stdout: "inherit",
    stderr: "inherit",
    ipc: (message: { qr?: string; linked?: boolean }) => {
      if (message.qr) void sim.phone("6281100000001", { name: "Budi" }).scan(message.qr);
    },
  });
  const photo = await ann.hears((heard) => Boolean(heard.message.imageMessage), { timeoutMs: 20_000 });
  await ann.sends({
    kind: "document",
    bytes: Buffer.concat([Buffer.from("echo: "), ann.opens(photo)]),
    fileName: "echo.txt",
  });
  await child.exited;
  process.stdout.write(JSON.stringify({ problems: sim.problems, stored: sim.media.size, exit: child.exitCode }));
  await sim.stop();
  process.exit(0);
}

const [url = "", rootKey = ""] = stage.split(" ");
const client = await linkedClient({ url, rootKey, scan: async (qr) => void process.send?.({ qr }) });
await client.socket.sendMessage("628123456789@s.whatsapp.net", {
  image: Buffer.from("not really a picture"),
  caption: "look",
});
const message: WAMessage = await client.until(
  () => client.messages.find((one) => one.message.message?.documentMessage)?.message,
  "the document",
  20_000,
);
const bytes = await downloadMediaMessage(message, "buffer", {});
process.stdout.write(`${JSON.stringify({ downloaded: bytes.toString() })}\n`);
await client.disconnect();
process.exit(0);
