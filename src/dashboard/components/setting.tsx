import { useState } from "preact/hooks";
import { fill, w } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Area, Check, Choice, TextField } from "./field.tsx";

/** What a plugin's setting is, as the API describes it. */
export interface Shape {
  type: "string" | "integer" | "number" | "boolean" | "choice" | "list" | "group";
  description?: string;
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

/** The field of a form that a setting's shape asks for. */
export function SettingField({ name, shape, value, onValue }: SettingProps) {
  const hint = shape.description;
  const shared = { label: name, ...(hint === undefined ? {} : { hint }) };
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
        <ItemsSetting name={name} shape={shape} value={value} onValue={onValue} />
      );
    default:
      return (
        <fieldset class="group">
          <legend>{name}</legend>
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
  const [text, setText] = useState(secret || typeof value !== "string" ? "" : value);
  return (
    <TextField
      label={label}
      hint={secret && value !== null && value !== undefined ? w.plugins.secretKept : hint}
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
      {shape.description && <p class="dim small">{shape.description}</p>}
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
              label={fill(w.plugins.removeItemLabel, { name, number: index + 1 })}
              onClick={() => change(items.toSpliced(index, 1), ids.toSpliced(index, 1))}
            >
              {w.plugins.removeItem}
            </Button>
          </div>
        </div>
      ))}
      <div class="row">
        <Button
          icon="plus"
          label={fill(w.plugins.addItemLabel, { name })}
          onClick={() => change([...items, fresh(item)], [...ids, Math.max(-1, ...ids) + 1])}
        >
          {w.plugins.addItem}
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
