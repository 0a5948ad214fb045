import { useEffect, useState } from "preact/hooks";
import { request, get } from "../base/api.ts";
import { onEvent } from "../base/live.ts";
import { w, wordFor } from "../words/words.ts";
import { Area, TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import { type MessageJson, releaseOf } from "./message.tsx";

interface SendBoxProps {
  device: string;
  text?: string;
  /** Offers to send it at a moment to come. */
  later?: boolean;
  onSent?: () => void;
}

/** Sends a text and shows what becomes of it. */
export function SendBox({ device, text = "", later = false, onSent }: SendBoxProps) {
  const [to, setTo] = useState("");
  const [words, setWords] = useState(text);
  const [at, setAt] = useState("");
  const [message, setMessage] = useState<MessageJson | null>(null);
  const path = `/v1/devices/${encodeURIComponent(device)}/messages`;
  useFate(path, message, setMessage);
  const send = async () => {
    const phone = /^[\d\s()+-]+$/.test(to) ? to.replace(/[^\d]/g, "") : to.trim();
    const when = at === "" ? {} : { send_at: Math.floor(new Date(at).getTime() / 1_000) };
    const { data } = await request<MessageJson>("POST", path, { to: phone, text: words, ...when });
    setMessage(data);
    onSent?.();
  };
  return (
    <Form
      act={send}
      submit={at === "" ? w.send.send : w.send.schedule}
      kind="main"
      disabled={words.trim() === ""}
      beside={
        message && (
          <span role="status" class={`badge ${message.status === "failed" ? "bad" : "good"}`}>
            {wordFor(w.send.states, message.status)}
          </span>
        )
      }
    >
      <TextField
        label={w.send.to}
        hint={w.send.toHint}
        value={to}
        onValue={setTo}
        placeholder="628123456789"
        required
      />
      <Area label={w.send.text} value={words} onValue={setWords} rows={2} />
      {later && (
        <TextField label={w.send.later} hint={w.send.laterHint} type="datetime-local" value={at} onValue={setAt} />
      )}
      {message?.reason && <p class="dim">{releaseOf(message)}</p>}
    </Form>
  );
}

/** Looks again whenever something happens to the message. */
function useFate(path: string, message: MessageJson | null, show: (message: MessageJson) => void): void {
  const id = message?.message_id;
  useEffect(() => {
    if (id === undefined) return undefined;
    const look = () => void get<MessageJson>(`${path}/${id}`).then(show, () => {});
    // It may have left before we began to listen.
    look();
    return onEvent((event) => {
      if (event.type.startsWith("message.") && event.data["message_id"] === id) look();
    });
  }, [path, id]);
}
