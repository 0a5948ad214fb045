import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface TableProps {
  /** The id of the heading that names it. */
  labelledby: string;
  titles: readonly string[];
  /** The last column holds what can be done, and has no title. */
  deeds?: boolean;
  children: ComponentChildren;
}

/** A table; on a phone each row is a card whose cells say the title of their column. */
export function DataTable({ labelledby, titles, deeds = false, children }: TableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  useLayoutEffect(() => {
    for (const row of body.current?.rows ?? [])
      for (const [at, cell] of [...row.cells].entries()) cell.dataset["title"] = titles[at] ?? "";
  });
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-labelledby={labelledby}>
      <table>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            {deeds && <td />}
          </tr>
        </thead>
        <tbody ref={body}>{children}</tbody>
      </table>
    </div>
  );
}
