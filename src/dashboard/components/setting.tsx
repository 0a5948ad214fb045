import { useState } from "preact/hooks";
import { language } from "../base/prefs.ts";
import { pluginWords } from "../words/plugins.ts";
import { fill } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Area, Check, Choice, TextField } from "./field.tsx";

/** A text, or one for each language. */
type Wording = string | Record<string, string>;

/** What a plugin's setting is, as the API describes it. */
export interface Shape {
  type: "string" | "integer" | "number" | "boolean" | "choice" | "list" | "group";
  label?: Wording;
  description?: Wording;
  secret?: boolean;
  min?: number;
  max?: number;
  choices?: readonly string[];
  items?: Shape;
  fields?: Record<string, Shape>;
}

interface SettingProps {
  name: string;
  shape: Shape;
  value: unknown;
  onValue: (value: unknown) => void;
}

/** In the language chosen, else in English, else in whatever there is. */
const worded = (words: Wording | undefined): string | undefined =>
  typeof words === "object" ? (words[language.value] ?? words["en"] ?? Object.values(words)[0]) : words;

/** `perChat` is "Per chat" where nobody called it otherwise. */
export function labelOf(name: string, { label }: Pick<Shape, "label">): string {
  const spaced = name
    .replaceAll("_", " ")
    .replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return worded(label) ?? spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** The field of a form that a setting's shape asks for. */
export function SettingField({ name, shape, value, onValue }: SettingProps) {
  const hint = worded(shape.description);
  const label = labelOf(name, shape);
  const shared = { label, ...(hint === undefined ? {} : { hint }) };
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
      return <NumberSetting {...shared} shape={shape} value={value} onValue={onValue} />;
    case "string":
      return <TextSetting {...shared} shape={shape} value={value} onValue={onValue} />;
    case "list":
      return shape.items?.type === "string" && !shape.items.secret ? (
        <LinesSetting {...shared} value={value} onValue={onValue} />
      ) : (
        <ItemsSetting name={label} shape={shape} value={value} onValue={onValue} />
      );
    default:
      return (
        <fieldset class="group">
          <legend>{label}</legend>
          {hint && <p class="dim small">{hint}</p>}
          <Fields fields={shape.fields ?? {}} value={value} onValue={onValue} />
        </fieldset>
      );
  }
}

interface Shared {
  label: string;
  hint?: string;
  value: unknown;
  onValue: (value: unknown) => void;
}

/** Settings under one name. */
function Fields({ fields, value, onValue }: { fields: Record<string, Shape> } & Pick<Shared, "value" | "onValue">) {
  const all = (value ?? {}) as Record<string, unknown>;
  return (
    <>
      {Object.entries(fields).map(([name, shape]) => (
        <SettingField
          key={name}
          name={name}
          shape={shape}
          value={all[name]}
          onValue={(next) => onValue({ ...all, [name]: next })}
        />
      ))}
    </>
  );
}

function NumberSetting({ hint, shape, value, onValue, label }: Shared & { shape: Shape }) {
  const { min, max } = shape;
  const bounds = min === undefined && max === undefined ? undefined : `${min ?? "…"} – ${max ?? "…"}`;
  return (
    <TextField
      label={label}
      hint={[hint, bounds].filter(Boolean).join(" · ")}
      type="number"
      value={typeof value === "number" ? String(value) : ""}
      onValue={(text) => onValue(text === "" ? null : Number(text))}
    />
  );
}

/** A secret that is set is never shown; only what is typed now is sent. */
function TextSetting({ label, hint, shape, value, onValue }: Shared & { shape: Shape }) {
  const { secret = false } = shape;
  const isKept = secret && value !== null && value !== undefined;
  const [text, setText] = useState(secret || typeof value !== "string" ? "" : value);
  return (
    <TextField
      label={label}
      hint={[hint, isKept && pluginWords().secretKept].filter(Boolean).join(" · ")}
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
      hint={[hint, pluginWords().oneALine].filter(Boolean).join(" · ")}
      value={text}
      onValue={(next) => {
        setText(next);
        onValue(next.split("\n").filter((line) => line.trim() !== ""));
      }}
    />
  );
}

/** A list of anything else: each with fields of its own. */
function ItemsSetting({ name, shape, value, onValue }: SettingProps) {
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  // Numbers of their own, so that taking one out leaves the others' fields as they are.
  const [ids, setIds] = useState(() => items.map((_, index) => index));
  const item: Shape = shape.items ?? { type: "string" };
  const change = (next: unknown[], nextIds: number[]) => {
    setIds(nextIds);
    onValue(next);
  };
  return (
    <fieldset class="group">
      <legend>{name}</legend>
      {shape.description && <p class="dim small">{worded(shape.description)}</p>}
      {items.map((each, index) => (
        <div key={ids[index]} class="item stack">
          {item.type === "group" ? (
            <Fields fields={item.fields ?? {}} value={each} onValue={(next) => onValue(items.with(index, next))} />
          ) : (
            <SettingField
              name={`${name} ${index + 1}`}
              shape={item}
              value={each}
              onValue={(next) => onValue(items.with(index, next))}
            />
          )}
          <div class="row end">
            <Button
              kind="danger"
              label={fill(pluginWords().removeItemLabel, { name, number: index + 1 })}
              onClick={() => change(items.toSpliced(index, 1), ids.toSpliced(index, 1))}
            >
              {pluginWords().removeItem}
            </Button>
          </div>
        </div>
      ))}
      <div class="row">
        <Button
          icon="plus"
          label={fill(pluginWords().addItemLabel, { name })}
          onClick={() => change([...items, fresh(item)], [...ids, Math.max(-1, ...ids) + 1])}
        >
          {pluginWords().addItem}
        </Button>
      </div>
    </fieldset>
  );
}

/** What a new one begins as. */
function fresh({ type, choices, fields = {} }: Shape): unknown {
  if (type === "group") return Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, fresh(shape)]));
  return { string: "", boolean: false, choice: choices?.[0] ?? "", list: [], integer: 0, number: 0 }[type];
}
