export interface SectionProps {
  /** What stands behind the section in the address: an id. */
  rest: readonly string[];
}
