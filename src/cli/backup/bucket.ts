import { S3Client } from "bun";
import { Failure } from "../../core/base/failure.ts";
import { secretFrom } from "../base/secret-file.ts";
import type { BackupTarget } from "./target.ts";

const most = 1_000;

/** `s3://bucket/prefix` of any server that speaks S3. An object is there as a whole or not at all. */
export function bucketAt(place: string): BackupTarget {
  const { hostname: bucket, pathname } = new URL(place);
  const prefix = pathname.replace(/^\/|\/$/g, "");
  const accessKeyId = keyFrom("S3_ACCESS_KEY_ID");
  const secretAccessKey = keyFrom("S3_SECRET_ACCESS_KEY");
  const client = new S3Client({
    bucket,
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(secretAccessKey !== undefined && { secretAccessKey }),
  });
  const keyOf = (name: string) => (prefix === "" ? name : `${prefix}/${name}`);
  const remove = (name: string) => translated(() => client.delete(keyOf(name)));
  const list = async (below: string): Promise<string[]> => {
    const names: string[] = [];
    const options = { prefix: keyOf(below), maxKeys: most };
    for (let after: string | undefined; ;) {
      const page = await translated(() =>
        client.list({ ...options, ...(after !== undefined && { startAfter: after }) }),
      );
      const keys = (page.contents ?? []).map(({ key }) => key);
      names.push(...keys.map((key) => (prefix === "" ? key : key.slice(prefix.length + 1))));
      after = keys.at(-1);
      if (!page.isTruncated || after === undefined) return names;
    }
  };
  return {
    place,
    list,
    put: async (name, bytes) =>
      translated(async () => {
        const writer = client.file(keyOf(name)).writer({ retry: 3, queueSize: 4, partSize: 8 << 20 });
        for await (const chunk of bytes) await writer.write(chunk);
        await writer.end();
      }),
    async *get(name) {
      const file = client.file(keyOf(name));
      if (!(await translated(() => file.exists()))) throw new Failure("not_found", `${place}/${name} is missing.`);
      // A line that breaks is no damaged file.
      const reader = file.stream().getReader();
      for (;;) {
        const { done, value } = await translated(() => reader.read());
        if (done) return;
        yield value;
      }
    },
    remove,
    clear: async (below) => {
      for (const name of await list(`${below}/`)) await remove(name);
    },
  };
}

/** From the file that `…_FILE` names; undefined leaves it to the environment. Throws `invalid`. */
function keyFrom(name: string): string | undefined {
  const file = process.env[`${name}_FILE`] ?? "";
  return file === "" ? undefined : secretFrom(file, `${name}_FILE`);
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("unavailable", `The bucket refuses: ${why}. Are S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY set?`, {
      cause,
    });
  }
}
