import type { ComponentChildren } from "preact";
import type { Loaded } from "../base/data.ts";
import { Head } from "./head.tsx";
import type { IconName } from "./icon.tsx";
import { Empty, Loading, ErrorNotice } from "./notice.tsx";

interface ListingProps<T> {
  title: string;
  lead?: string;
  loaded: Loaded<T[]>;
  keyOf: (item: T) => string;
  draw: (item: T) => ComponentChildren;
  icon: IconName;
  /** What is said where there is nothing, and what to do about it. */
  none: ComponentChildren;
  /** What can be done in the head. */
  children?: ComponentChildren;
}

/** A section that lists things, each on a card that leads to its own page. */
export function Listing<T>({ title, lead, loaded, keyOf, draw, icon, none, children }: ListingProps<T>) {
  const { data, error, reload } = loaded;
  return (
    <>
      <Head title={title} lead={lead}>
        {children}
      </Head>
      {error && <ErrorNotice error={error} retry={reload} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && <Empty icon={icon}>{none}</Empty>}
      {data && data.length > 0 && (
        <ul class="cards">
          {data.map((item) => (
            <li key={keyOf(item)} class="card open">
              {draw(item)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
