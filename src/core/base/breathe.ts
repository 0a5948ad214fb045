/** One turn of the event loop, so that long work lets others do theirs. */
export const breathe = (): Promise<void> => new Promise((resume) => setImmediate(resume));
