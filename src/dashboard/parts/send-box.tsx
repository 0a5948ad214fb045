import { useEffect, useState } from "preact/hooks";
import { ask, get } from "../api.ts";
import { useAct } from "../data.ts";
import { listen } from "../live.ts";
import { w, wordFor } from "../words.ts";
import { Button } from "./button.tsx";
import { Area, Field } from "./field.tsx";
import { Notice } from "./notice.tsx";

interface Message {
  message_id: string;
  status: string;
  reason: string | null;
}

/** Sends a text and shows what becomes of it. */
export function SendBox({ device, text = "", onSent }: { device: string; text?: string; onSent?: () => void }) {
  const [to, setTo] = useState("");
  const [words, setWords] = useState(text);
  const [message, setMessage] = useState<Message | null>(null);
  const { busy, trouble, act } = useAct();
  const path = `/v1/devices/${encodeURIComponent(device)}/messages`;
  useFate(path, message, setMessage);
  const send = async () => {
    const phone = /^[\d\s()+-]+$/.test(to) ? to.replace(/[^\d]/g, "") : to.trim();
    const { data } = await ask<Message>("POST", path, { to: phone, text: words });
    setMessage(data);
    onSent?.();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void act(send);
      }}
    >
      <Field label={w.send.to} hint={w.send.toHint} value={to} onValue={setTo} placeholder="628123456789" required />
      <Area label={w.send.text} value={words} onValue={setWords} rows={2} />
      <div class="row">
        <Button kind="main" busy={busy} disabled={words.trim() === ""}>
          {w.send.send}
        </Button>
        {message && (
          <span role="status" class={`badge ${message.status === "failed" ? "bad" : "good"}`}>
            {wordFor(w.send.states, message.status)}
          </span>
        )}
      </div>
      {message?.reason && <p class="dim">{message.reason}</p>}
      {trouble && <Notice trouble={trouble} />}
    </form>
  );
}

/** Looks again whenever something happens to the message. */
function useFate(path: string, message: Message | null, show: (message: Message) => void): void {
  const id = message?.message_id;
  useEffect(() => {
    if (id === undefined) return undefined;
    const look = () => void get<Message>(`${path}/${id}`).then(show, () => {});
    // It may have left before we began to listen.
    look();
    return listen((event) => {
      if (event.type.startsWith("message.") && event.data["message_id"] === id) look();
    });
  }, [path, id]);
}
