import type { ComponentChildren } from "preact";

interface TableProps {
  /** The id of the heading that names it. */
  labelledby: string;
  titles: readonly string[];
  /** The last column holds what can be done, and has no title. */
  deeds?: boolean;
  children: ComponentChildren;
}

/** A table that is moved sideways where there is no room, by keyboard too. */
export function DataTable({ labelledby, titles, deeds = false, children }: TableProps) {
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
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
