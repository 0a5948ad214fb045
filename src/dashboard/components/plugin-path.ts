export const pluginPath = (name: string): string => `/v1/admin/plugins/${encodeURIComponent(name)}`;
