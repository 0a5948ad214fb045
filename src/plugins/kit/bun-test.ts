/** What `bun:test` has, as far as tests of plugins go: editors know it without Bun's own types, which win where they are installed. */
export const bunTest = `declare module "bun:test" {
  type Work = () => unknown;
  interface Test {
    (name: string, work: Work, timeout?: number): void;
    skip(name: string, work: Work): void;
    only(name: string, work: Work): void;
    todo(name: string, work?: Work): void;
    each<T>(table: readonly T[]): (name: string, work: (each: T) => unknown, timeout?: number) => void;
  }
  interface Matchers {
    not: Matchers;
    resolves: Matchers;
    rejects: Matchers;
    toBe(expected: unknown): void;
    toEqual(expected: unknown): void;
    toStrictEqual(expected: unknown): void;
    toMatchObject(expected: object): void;
    toMatch(expected: string | RegExp): void;
    toContain(expected: unknown): void;
    toHaveLength(length: number): void;
    toBeNull(): void;
    toBeUndefined(): void;
    toBeDefined(): void;
    toBeTruthy(): void;
    toBeFalsy(): void;
    toBeGreaterThan(expected: number): void;
    toBeLessThan(expected: number): void;
    toBeInstanceOf(expected: unknown): void;
    toThrow(expected?: unknown): void;
    [matcher: string]: any;
  }
  export const test: Test;
  export const it: Test;
  export const describe: (name: string, work: () => void) => void;
  export const beforeAll: (work: Work) => void;
  export const beforeEach: (work: Work) => void;
  export const afterAll: (work: Work) => void;
  export const afterEach: (work: Work) => void;
  export const expect: { (actual: unknown): Matchers; [matcher: string]: any };
}
`;
