import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

interface HeadProps {
  title: ComponentChildren;
  /** Where one comes from: its address and its name. */
  up?: readonly [href: string, name: string];
  badge?: ComponentChildren;
  lead?: ComponentChildren;
  /** What can be done here. */
  children?: ComponentChildren;
}

/** The head of a section. */
export function Head({ title, up, badge, lead, children }: HeadProps) {
  return (
    <header class="head">
      <div>
        {up && (
          <p class="up">
            <a href={up[0]}>
              <Icon name="back" />
              {up[1]}
            </a>
          </p>
        )}
        <h1>
          {title} {badge}
        </h1>
        {lead && <p class="lead">{lead}</p>}
      </div>
      {children && <div class="row">{children}</div>}
    </header>
  );
}
