import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type ApiError, asApiError } from "../base/api.ts";
import { ErrorNotice, Loading } from "./notice.tsx";

/** A component whose program is asked for when it is first drawn. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let found: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const [, draw] = useState({});
    const [error, setError] = useState<ApiError | null>(null);
    const begin = (): void => {
      setError(null);
      load().then(
        (component) => {
          found = component;
          draw({});
        },
        (thrown: unknown) => setError(asApiError(thrown)),
      );
    };
    useEffect(() => {
      if (found === null) begin();
    }, []);
    if (error) return <ErrorNotice error={error} retry={begin} />;
    const Found = found;
    return Found === null ? <Loading /> : <Found {...props} />;
  };
}
