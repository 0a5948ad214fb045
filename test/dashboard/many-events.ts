/** So many events as the API shows them, oldest first. */
export const manyEvents = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `019a9f2e-4c51-7b3a-9d7e-${String(index).padStart(12, "0")}`,
    seq: index,
    type: "message.received",
    timestamp: new Date(1_795_181_820_000 + index * 1_000).toISOString(),
    device: "default",
    data: { push_name: "Ann", content: { kind: "text", text: `number ${index}` } },
  }));
