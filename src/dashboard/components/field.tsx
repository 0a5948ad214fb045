import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface Common {
  label: string;
  hint?: ComponentChildren;
}

interface FieldProps extends Common {
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "password" | "url" | "tel" | "number" | "search" | "datetime-local";
  required?: boolean;
  placeholder?: string;
  pattern?: string;
  autocomplete?: string;
  maxLength?: number;
  /** Of numbers; "any" takes fractions. */
  step?: string;
  autofocus?: boolean;
  /** What one may mean, each with its name. */
  suggestions?: readonly (readonly [value: string, name: string])[];
  /** Instead of sending the form. */
  onEnter?: () => void;
}

/** What explains a field, which names it as its description; nothing without a text. */
function Hint({ id, text }: { id: string; text: ComponentChildren }) {
  if (!text) return null;
  return (
    <small id={`${id}-hint`} class="dim">
      {text}
    </small>
  );
}

/** One line of text with its label and its hint. */
export function TextField(props: FieldProps) {
  const { label, hint, value, onValue, autocomplete = "off", autofocus = false, suggestions, onEnter, ...rest } = props;
  const id = useId();
  const given = { ...rest, ...(suggestions && { list: `${id}-list` }), ...(autofocus && { ref: focusOnce }) };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...(given as InputHTMLAttributes)}
        id={id}
        value={value}
        spellcheck={false}
        autocomplete={autocomplete}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (!onEnter || event.key !== "Enter") return;
          event.preventDefault();
          onEnter();
        }}
      />
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </datalist>
      )}
      <Hint id={id} text={hint} />
    </div>
  );
}

const focused = new WeakSet<HTMLElement>();
function focusOnce(element: HTMLElement | null): void {
  if (!element || focused.has(element)) return;
  focused.add(element);
  element.focus();
}

interface ChoiceProps extends Common {
  value: string;
  onValue: (value: string) => void;
  options: readonly (readonly [value: string, text: string])[];
}

/** One of several. */
export function Choice({ label, hint, value, onValue, options }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map(([each, text]) => (
          <option key={each} value={each} selected={each === value}>
            {text}
          </option>
        ))}
      </select>
      {hint && <small class="dim">{hint}</small>}
    </div>
  );
}

/** Yes or no. */
export function Check({
  label,
  hint,
  checked,
  onChecked,
}: Common & { checked: boolean; onChecked: (checked: boolean) => void }) {
  const id = useId();
  return (
    <div class="field check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <Hint id={id} text={hint} />
    </div>
  );
}

/** Several lines. */
export function Area({
  label,
  hint,
  value,
  onValue,
  rows = 3,
}: Common & { value: string; onValue: (value: string) => void; rows?: number }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <Hint id={id} text={hint} />
    </div>
  );
}

/** Asks for a file, with its label and its hint. */
export function FileField({ label, hint, accept, onFile }: Common & { accept: string; onFile: (file: File) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="file"
        accept={accept}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) onFile(file);
        }}
      />
      <Hint id={id} text={hint} />
    </div>
  );
}

/** Asks for a folder: all files in it. */
export function FolderField({ label, hint, onFiles }: Common & { onFiles: (files: readonly File[]) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="file"
        // Not among the attributes that types know.
        {...{ webkitdirectory: true }}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onFiles([...(event.currentTarget.files ?? [])])}
      />
      <Hint id={id} text={hint} />
    </div>
  );
}

interface FileProps {
  label: string;
  onFile: (file: File) => void;
  accept?: string;
}

/** A button that asks for a file. */
export function FileButton({ label, onFile, accept }: FileProps) {
  return (
    <label class="button quiet square" title={label}>
      <Icon name="attach" />
      <span class="hidden">{label}</span>
      <input
        class="hidden"
        type="file"
        {...(accept === undefined ? {} : { accept })}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
