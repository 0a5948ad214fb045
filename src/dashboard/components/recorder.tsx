import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, asApiError } from "../base/api.ts";
import { serverNow } from "../base/server-clock.ts";
import { useNow } from "../base/time.ts";
import { w } from "../words/words.ts";
import { Button } from "./button.tsx";
import { ErrorNotice } from "./notice.tsx";

/** Browsers give no microphone to pages that came over plain http from another machine. */
export const canRecord = (): boolean => "mediaDevices" in navigator && "MediaRecorder" in globalThis;

/** Records the voice until it is sent or thrown away. */
export function Recorder({ recorded, over }: { recorded: (file: File) => void; over: () => void }) {
  const [since, setSince] = useState<number | null>(null);
  const [error, setTrouble] = useState<ApiError | null>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  const now = useNow(250);
  useEffect(() => {
    let gone = false;
    navigator.mediaDevices.getUserMedia({ audio: true }).then(
      (stream) => {
        if (gone) return stop(stream);
        recorder.current = new MediaRecorder(stream);
        recorder.current.start();
        setSince(serverNow());
      },
      () => setTrouble(new ApiError("page", w.chats.noMicrophone)),
    );
    return () => {
      gone = true;
      if (recorder.current) stop(recorder.current.stream);
    };
  }, []);
  const send = async () => {
    try {
      const sound = recorder.current ? await finished(recorder.current) : null;
      // WebM, Ogg or MP4, by the browser: the server takes each.
      if (sound) recorded(new File([sound], "voice", { type: sound.type }));
      over();
    } catch (thrown) {
      setTrouble(asApiError(thrown));
    }
  };
  return (
    <>
      <Button kind="quiet" icon="close" label={w.cancel} onClick={over} />
      <span class="recording" role="status">
        ● {w.chats.recording} {since === null ? "" : `${Math.floor((now - since) / 1_000)} s`}
      </span>
      <Button
        kind="main"
        icon="outbox"
        label={w.chats.sendVoice}
        disabled={since === null}
        onClick={() => void send()}
      />
      {error && <ErrorNotice error={error} />}
    </>
  );
}

function finished(recorder: MediaRecorder): Promise<Blob> {
  return new Promise((resolve) => {
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => resolve(new Blob(parts, { type: recorder.mimeType })), { once: true });
    recorder.stop();
    stop(recorder.stream);
  });
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
