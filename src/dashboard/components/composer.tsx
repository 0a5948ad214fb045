import { useState } from "preact/hooks";
import { useAct } from "../base/act.ts";
import { w } from "../words/words.ts";
import { Button } from "./button.tsx";
import { FileButton } from "./field.tsx";
import { ErrorNotice } from "./notice.tsx";
import { Recorder, canRecord } from "./recorder.tsx";

interface ComposerProps {
  label: string;
  send: (text: string) => Promise<unknown>;
  sendFile: (file: File, kind: string) => Promise<unknown>;
  /** Called with every key: somebody is writing. */
  onTyping?: () => void;
}

/** The box to write in: Enter sends, Shift and Enter begins a line; files and the voice beside it. */
export function Composer({ label, send, sendFile, onTyping }: ComposerProps) {
  const [text, setText] = useState("");
  const [recording, setRecording] = useState(false);
  const { busy, error, act } = useAct();
  const post = async () => {
    if (text.trim() === "" || busy) return;
    if (await act(() => send(text))) setText("");
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void post();
      }}
    >
      {recording ? (
        <Recorder over={() => setRecording(false)} recorded={(file) => void act(() => sendFile(file, "voice"))} />
      ) : (
        <>
          <FileButton label={w.chats.attach} onFile={(file) => void act(() => sendFile(file, mediaKindOf(file)))} />
          <textarea
            rows={1}
            aria-label={label}
            placeholder={label}
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value);
              onTyping?.();
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
              event.preventDefault();
              void post();
            }}
          />
          {text.trim() === "" && canRecord() ? (
            <Button icon="mic" kind="quiet" label={w.chats.record} onClick={() => setRecording(true)} />
          ) : (
            <Button kind="main" icon="outbox" busy={busy} label={w.send.send} />
          )}
        </>
      )}
      {error && <ErrorNotice error={error} />}
    </form>
  );
}

/** How a file is sent; what a chat cannot show goes as a document. */
export function mediaKindOf({ type }: File): string {
  return ["image", "video", "audio"].find((family) => type.startsWith(`${family}/`)) ?? "document";
}
