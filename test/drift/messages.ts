/**
 * For maintainers: writes the table of WhatsApp's messages that the bot reads with, from a `.proto` file.
 *
 *     bun test/drift/messages.ts WAProto.proto 2.3000.1045601094
 */
import { wellKnownRoots, printMessages } from "./message-table.ts";

const table = new URL("../../src/whatsapp/codec/definition/messages.txt", import.meta.url);
const [file, version] = process.argv.slice(2);
if (!file || !version) throw new Error("takes a .proto file and its version");
await Bun.write(table, printMessages(await Bun.file(file).text(), version, wellKnownRoots));
