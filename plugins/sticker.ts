import { plugin } from "merpati";

/** A picture with the caption `!sticker` comes back as a sticker. Shows: media in and out by its `media_id`, languages. */
export default plugin({
  name: "sticker",
  description: "Makes a sticker of a picture: send it with the caption !sticker, or answer it so.",
  enabled: false,
  texts: {
    en: { how: "Send a picture with this caption, or answer one with it." },
    id: { how: "Kirim gambar dengan tulisan ini, atau balas gambar dengannya." },
  },
  setup({ command }) {
    command(
      "sticker",
      { description: "Make a sticker of this picture", aliases: ["s", "stiker"], cooldown: 3 },
      async ({ content, data, reply, tr }) => {
        const picture = [content, data.reply_to?.content].find((each) => each?.kind === "image");
        if (picture?.kind !== "image") return reply(tr("how"));
        return reply({ kind: "sticker", media_id: picture.media_id });
      },
    );
  },
});
