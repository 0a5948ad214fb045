import type { Socket, TCPSocketListener } from "bun";
import { Watch } from "../watch.ts";

/** One message as it came over SMTP. */
export interface Mail {
  to: string[];
  from: string;
  text: string;
}

interface Talk {
  mail: Mail;
  isData: boolean;
  rest: string;
}

/** A mail server on loopback that takes everything, as RFC 5321 says. */
export class MailServer {
  readonly mails: Mail[] = [];
  /** Answers every sender with this instead. */
  refusal: string | null = null;
  readonly #watch = new Watch();
  readonly #server: TCPSocketListener<Talk>;

  constructor() {
    this.#server = Bun.listen<Talk>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => {
          socket.data = { mail: { to: [], from: "", text: "" }, isData: false, rest: "" };
          socket.write("220 loopback\r\n");
        },
        data: (socket, bytes) => {
          const lines = (socket.data.rest + bytes.toString()).split("\r\n");
          socket.data.rest = lines.pop() ?? "";
          for (const line of lines) this.#line(socket, line);
        },
      },
    });
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#server.port}`;
  }

  next(which: (mail: Mail) => boolean): Promise<Mail> {
    return this.#watch.until(() => this.mails.find(which), "a mail");
  }

  stop(): void {
    this.#server.stop(true);
  }

  #line(socket: Socket<Talk>, line: string): void {
    const { data } = socket;
    if (data.isData) return this.#text(socket, line);
    const address = /<([^>]*)>/.exec(line)?.[1] ?? "";
    if (/^MAIL FROM/i.test(line)) {
      data.mail.from = address;
      socket.write(this.refusal ?? "250 ok\r\n");
    } else if (/^RCPT TO/i.test(line)) {
      data.mail.to.push(address);
      socket.write("250 ok\r\n");
    } else if (/^DATA/i.test(line)) {
      data.isData = true;
      socket.write("354 go on\r\n");
    } else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
    else socket.write("250 loopback\r\n");
  }

  #text(socket: Socket<Talk>, line: string): void {
    const { data } = socket;
    if (line !== ".") {
      data.mail.text += `${line}\n`;
      return;
    }
    data.isData = false;
    this.mails.push(data.mail);
    data.mail = { to: [], from: "", text: "" };
    socket.write("250 taken\r\n");
    this.#watch.changed();
  }
}
