import { useState } from "preact/hooks";
import { w } from "../words.ts";
import { Area, Check, Choice, Field } from "./field.tsx";

/** What a plugin's setting is, as the API describes it. */
export interface Shape {
  type: "string" | "integer" | "number" | "boolean" | "choice" | "list" | "group";
  description?: string;
  secret?: boolean;
  choices?: readonly string[];
  items?: Shape;
}

interface SettingProps {
  name: string;
  shape: Shape;
  value: unknown;
  onValue: (value: unknown) => void;
}

/** The field of a form that a setting's shape asks for. */
export function SettingField({ name, shape, value, onValue }: SettingProps) {
  const shared = { label: name, ...(shape.description === undefined ? {} : { hint: shape.description }) };
  switch (shape.type) {
    case "boolean":
      return <Check {...shared} checked={value === true} onChecked={onValue} />;
    case "choice":
      return (
        <Choice
          {...shared}
          value={typeof value === "string" ? value : ""}
          onValue={onValue}
          options={(shape.choices ?? []).map((each) => [each, each])}
        />
      );
    case "integer":
    case "number":
      return (
        <Field
          {...shared}
          type="number"
          value={typeof value === "number" ? String(value) : ""}
          onValue={(text) => onValue(text === "" ? null : Number(text))}
        />
      );
    case "string":
      return <TextSetting {...shared} secret={shape.secret ?? false} value={value} onValue={onValue} />;
    default:
      return shape.items?.type === "string" && !shape.items.secret ? (
        <LinesSetting {...shared} value={value} onValue={onValue} />
      ) : (
        <JsonSetting {...shared} value={value} onValue={onValue} />
      );
  }
}

interface Shared {
  label: string;
  hint?: string;
  value: unknown;
  onValue: (value: unknown) => void;
}

/** A secret that is set is never shown; only what is typed now is sent. */
function TextSetting({ label, hint, value, onValue, secret }: Shared & { secret: boolean }) {
  const [text, setText] = useState(secret || typeof value !== "string" ? "" : value);
  return (
    <Field
      label={label}
      hint={secret && value !== null ? w.plugins.secretKept : hint}
      type={secret ? "password" : "text"}
      autocomplete={secret ? "new-password" : "off"}
      value={text}
      onValue={(next) => {
        setText(next);
        onValue(next);
      }}
    />
  );
}

/** A list of texts, one a line. */
function LinesSetting({ label, hint, value, onValue }: Shared) {
  const [text, setText] = useState(Array.isArray(value) ? value.join("\n") : "");
  return (
    <Area
      label={label}
      hint={[hint, w.plugins.oneALine].filter(Boolean).join(" · ")}
      value={text}
      onValue={(next) => {
        setText(next);
        onValue(next.split("\n").filter((line) => line.trim() !== ""));
      }}
    />
  );
}

/** What has no form of its own is written as JSON; the server says what is wrong with it. */
function JsonSetting({ label, hint, value, onValue }: Shared) {
  const [text, setText] = useState(JSON.stringify(value ?? null, null, 2));
  return (
    <Area
      label={label}
      hint={[hint, "JSON"].filter(Boolean).join(" · ")}
      rows={6}
      value={text}
      onValue={(next) => {
        setText(next);
        onValue(parsed(next));
      }}
    />
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
