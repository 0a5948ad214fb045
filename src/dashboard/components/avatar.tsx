/** How many colours there are, as styles/bubbles.css has them. */
const hues = 6;

/** A name's first letter, on a colour that stays with the name. */
export function Avatar({ name }: { name: string }) {
  const [letter = "?"] = name.replace(/^\+/, "");
  let sum = 0;
  for (const each of name) sum = (sum * 31 + (each.codePointAt(0) ?? 0)) % 997;
  return (
    <span class={`face hue-${sum % hues}`} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  );
}
