/** A pigeon. */
export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <path d="M6 18c5 1 8-1 10-5 1-3 4-5 7-4l3 2-3 1c0 6-4 11-10 11-3 0-5-2-7-5z" />
  </svg>
);
