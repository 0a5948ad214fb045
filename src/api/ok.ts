/** What a call answers that has nothing to say but that it was done. */
export const done = { success: true };

export const ok = <T>(data: T) => ({ success: true, data });
