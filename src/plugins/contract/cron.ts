/** The first time after `from` that `cron` names; throws a sentence when it is no cron expression or no zone. */
export function nextAfter(cron: string, zone: string, from: number): number | null {
  try {
    return Bun.cron.parse(cron, from, { tz: zone })?.getTime() ?? null;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const hint = 'takes minute, hour, day, month, weekday, e.g. "0 9 * * *", and a zone such as Asia/Jakarta';
    throw new Error(`every("${cron}") in zone ${zone}: ${why}. It ${hint}`, { cause: thrown });
  }
}
