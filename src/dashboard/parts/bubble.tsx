import { clockTime } from "../time.ts";
import { w, wordFor } from "../words.ts";
import type { Line } from "./conversation.ts";

/** One message. */
export function Bubble({ line, named }: { line: Line; named: boolean }) {
  return (
    <article class={line.mine ? "bubble mine" : "bubble"} aria-label={line.mine ? w.chats.bot : line.sender}>
      {named && !line.mine && <strong class="small">{line.sender}</strong>}
      {line.media && <Media media={line.media} text={line.text} />}
      <p class={line.deleted ? "dim" : undefined}>{line.text}</p>
      <footer class="dim small">
        {line.edited && `${w.chats.edited} · `}
        <time>{clockTime(line.at)}</time>
        {line.mine && <Ticks status={line.status} />}
      </footer>
      {line.reactions.length > 0 && <span class="reactions">{line.reactions.join(" ")}</span>}
    </article>
  );
}

export function Ticks({ status }: { status: string | null }) {
  const seen = status === "read" || status === "played";
  return (
    <span class={seen ? "ticks seen" : "ticks"} role="img" aria-label={wordFor(w.send.states, status ?? "sent")}>
      {status === null || status === "sent" ? "✓" : "✓✓"}
    </span>
  );
}

function Media({ media: { kind, url }, text }: { media: NonNullable<Line["media"]>; text: string }) {
  switch (kind) {
    case "image":
    case "sticker":
      return <img src={url} alt={text} loading="lazy" class={kind} />;
    case "video":
    case "gif":
    case "video_note":
      // What people send has no captions to offer.
      return <video src={url} controls preload="none" aria-label={text} />;
    case "audio":
    case "voice":
      return <audio src={url} controls preload="none" aria-label={text} />;
    default:
      return (
        <a href={url} download>
          {w.chats.download}
        </a>
      );
  }
}
