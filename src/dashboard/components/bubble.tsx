import { type ComponentChildren, Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { dayOf, hourOf } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import type { ChatLine } from "./conversation.ts";
import { Formatted } from "./formatted.tsx";

interface BubblesProps {
  label: string;
  /** Oldest first. */
  lines: readonly ChatLine[];
  /** Whether each says who wrote it. */
  named: boolean;
  /** What can be done with one. */
  acts?: (line: ChatLine) => ComponentChildren;
  before?: ComponentChildren;
  after?: ComponentChildren;
}

/** What was said, a day below the other. Stays at the end while new messages come, unless one reads above. */
export function Bubbles({ label, lines, named, acts, before, after }: BubblesProps) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const newest = lines.at(-1);
  useEffect(() => {
    const element = box.current;
    if (element && (atEnd.current || newest?.mine)) element.scrollTop = element.scrollHeight;
  }, [newest?.id, after === null]);
  // Pictures come later than the words beside them.
  const settle = () => {
    const element = box.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  };
  const watch = () => {
    const element = box.current;
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 60;
  };
  return (
    <div class="bubbles" ref={box} onScroll={watch} onLoadCapture={settle} tabIndex={0} role="log" aria-label={label}>
      {before}
      {lines.map((line, index) => (
        <Fragment key={line.id}>
          {dayOf(line.at) !== dayOf(lines[index - 1]?.at ?? 0) && <span class="day">{dayOf(line.at)}</span>}
          <Bubble line={line} named={named} acts={line.deleted ? null : acts?.(line)} />
        </Fragment>
      ))}
      {after}
    </div>
  );
}

/** One message. */
function Bubble({ line, named, acts }: { line: ChatLine; named: boolean; acts: ComponentChildren }) {
  return (
    <article class={line.mine ? "bubble mine" : "bubble"} aria-label={line.mine ? w.chats.you : line.sender}>
      {named && !line.mine && <strong class="small">{line.sender}</strong>}
      {line.media && <Media media={line.media} />}
      {line.text !== "" && (
        <p class={line.deleted ? "dim" : undefined}>{line.deleted ? line.text : <Formatted text={line.text} />}</p>
      )}
      <footer class="dim">
        {line.edited && `${w.chats.edited} · `}
        <time>{hourOf(line.at)}</time>
        {line.mine && <Ticks status={line.status} />}
      </footer>
      {acts}
      {line.reactions.length > 0 && <span class="reactions">{line.reactions.join(" ")}</span>}
    </article>
  );
}

function Ticks({ status }: { status: string | null }) {
  const seen = status === "read" || status === "played";
  return (
    <span class={seen ? "ticks seen" : "ticks"} role="img" aria-label={wordFor(w.send.states, status ?? "sent")}>
      {status === null || status === "sent" ? "✓" : "✓✓"}
    </span>
  );
}

function Media({ media: { kind, url } }: { media: NonNullable<ChatLine["media"]> }) {
  const text = wordFor(w.chats.kinds, kind);
  const [gone, setGone] = useState(false);
  const onError = () => setGone(true);
  if (gone) return <p class="dim">{fill(w.chats.gone, { kind: text })}</p>;
  switch (kind) {
    case "image":
    case "sticker":
      return <img src={url} alt={text} loading="lazy" class={kind} onError={onError} />;
    case "video":
    case "gif":
    case "video_note":
      // What people send has no captions to offer.
      return <video src={url} controls preload="none" aria-label={text} onError={onError} />;
    case "audio":
    case "voice":
      return <audio src={url} controls preload="none" aria-label={text} onError={onError} />;
    default:
      return (
        <a href={url} download>
          {w.chats.download}
        </a>
      );
  }
}
