import { plugin, t } from "merpati";

/** Posts messages that match to a webhook of yours. Shows: `fetch`, secrets, the event's id as an idempotency key. */
export default plugin({
  name: "forward",
  description: "Posts messages whose text matches to an address.",
  enabled: false,
  permissions: ["net:*"],
  config: {
    url: t.string({
      label: { en: "Address", id: "Alamat" },
      description: { en: "Where to post.", id: "Tujuan kiriman." },
      format: "url",
    }),
    token: t.secret({
      default: "",
      label: "Token",
      description: { en: "Sent as Authorization: Bearer …", id: "Dikirim sebagai Authorization: Bearer …" },
    }),
    matches: t.string({
      default: ".",
      format: "regexp",
      label: { en: "Texts", id: "Teks" },
      description: {
        en: "A regular expression; the default is every text.",
        id: "Ekspresi reguler; bawaannya semua teks.",
      },
    }),
  },
  setup({ on, fetch, config }) {
    const wanted = new RegExp(config.matches, "iu");
    on("message.text", async ({ event, text }) => {
      if (!wanted.test(text)) return;
      const headers: Record<string, string> = { "content-type": "application/json", "idempotency-key": event.id };
      if (config.token) headers["authorization"] = `Bearer ${config.token}`;
      const response = await fetch(config.url, { method: "POST", headers, body: JSON.stringify(event) });
      // A throw is a failed delivery: the event is offered again.
      if (!response.ok) throw new Error(`the address answered ${response.status}`);
    });
  },
});
