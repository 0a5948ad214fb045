/** What a list of words may lack is shown as the server calls it. */
export type List = Record<string, string>;

/** The same words in English and in Indonesian. */
export const tongues = <T>(en: T, id: NoInfer<T>): { en: T; id: T } => ({ en, id });
