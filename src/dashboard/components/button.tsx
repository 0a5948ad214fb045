import type { ComponentChildren } from "preact";
import { useAct } from "../base/act.ts";
import { Icon, type IconName } from "./icon.tsx";
import { ErrorNotice } from "./notice.tsx";

export interface ButtonProps {
  children?: ComponentChildren;
  kind?: "main" | "plain" | "danger" | "quiet";
  icon?: IconName;
  /** Cannot be pressed again until it is done. */
  busy?: boolean;
  disabled?: boolean;
  /** Without it the button sends its form. */
  onClick?: () => void;
  /** For buttons whose text does not say it all, or that have none. */
  label?: string | undefined;
}

export function Button({
  children,
  kind = "plain",
  icon,
  busy = false,
  disabled = false,
  onClick,
  label,
}: ButtonProps) {
  return (
    <button
      type={onClick === undefined ? "submit" : "button"}
      class={`button ${kind}${children === undefined ? " square" : ""}`}
      aria-busy={busy}
      aria-label={label}
      title={children === undefined ? label : undefined}
      disabled={disabled}
      aria-disabled={busy}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface ActProps extends Omit<ButtonProps, "onClick" | "busy"> {
  act: () => Promise<unknown>;
}

/** A button that acts at once, and says under itself why it could not. */
export function ActButton({ act: work, ...rest }: ActProps) {
  const { busy, error, act } = useAct();
  return (
    <>
      <Button {...rest} busy={busy} onClick={() => void act(work)} />
      {error && <ErrorNotice error={error} />}
    </>
  );
}
