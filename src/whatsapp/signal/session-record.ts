import { maxOldSessions } from "./bounds.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { libsignalSessions } from "./libsignal-record.ts";
import { baseKeyIn, decodeSession, encodeSession, type SessionState } from "./session-state.ts";
import { SignalError } from "./signal-error.ts";

/** The version of the stored form, its first byte; libsignal's begins with `{`. */
const version = 1;

/**
 * All sessions with one device, the newest first. Layout: version, whether the newest is open, how many; then each with
 * its length before it. Sessions are decoded one by one, each on a copy, as they are needed.
 */
export class SessionRecord {
  /** Encoded, newest first. */
  readonly #sessions: Buffer[];
  #open: boolean;

  private constructor(sessions: Buffer[], open: boolean) {
    this.#sessions = sessions;
    this.#open = open;
  }

  /** Reads what `encode` gave, or libsignal's JSON; null is a device without sessions. Throws `damaged_record`. */
  static read(stored: Uint8Array | string | null): SessionRecord {
    if (stored === null) return new SessionRecord([], false);
    if (typeof stored === "string") {
      const { sessions, open } = libsignalSessions(stored);
      return new SessionRecord(sessions.slice(0, maxOldSessions + 1).map(encodeSession), open);
    }
    const reader = new ByteReader(Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength));
    const found = reader.u8();
    if (found !== version)
      throw new SignalError("damaged_record", `Sessions are stored in version ${found}, not ${version}.`);
    const open = reader.u8() === 1;
    const sessions = Array.from({ length: reader.u8() }, () => reader.take(reader.u32()));
    reader.end();
    return new SessionRecord(sessions, open && sessions.length > 0);
  }

  encode(): Buffer {
    const sessions = this.#sessions;
    const writer = new ByteWriter(sessions.reduce((sum, { length }) => sum + 4 + length, 3));
    writer.u8(version).u8(this.#open ? 1 : 0).u8(sessions.length); // prettier-ignore
    for (const session of sessions) writer.u32(session.length).put(session);
    return writer.done();
  }

  get size(): number {
    return this.#sessions.length;
  }

  /** Whether the newest session is written on. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** A copy. */
  at(place: number): SessionState {
    const session = this.#sessions[place];
    if (!session) throw new RangeError(`no session ${place}`);
    return decodeSession(session);
  }

  /** The place of the session that was begun by this key, or -1. */
  find(baseKey: Buffer): number {
    return this.#sessions.findIndex((session) => baseKeyIn(session).equals(baseKey));
  }

  /**
   * The order in which sessions are tried: first those that know the ratchet key (the bytes stand in them), then the
   * others, which it may turn; each newest first.
   */
  candidates(ratchetKey: Buffer): number[] {
    const places = this.#sessions.map((_, place) => place);
    const knows = places.filter((place) => this.#sessions[place]?.includes(ratchetKey));
    return [...knows, ...places.filter((place) => !knows.includes(place))];
  }

  /** A new session, on which is written from now on. The oldest one beyond the bound goes. */
  add(state: SessionState): void {
    this.#sessions.unshift(encodeSession(state));
    this.#sessions.length = Math.min(this.#sessions.length, maxOldSessions + 1);
    this.#open = true;
  }

  /** What became of the session at this place. */
  put(place: number, state: SessionState): void {
    this.#sessions[place] = encodeSession(state);
  }

  /**
   * The other side uses this session, so it becomes the one to write on (Sesame specification, revision 2, section 3.4). One
   * with a former identity does not: its owner has installed WhatsApp anew and forgotten it.
   */
  activate(place: number): void {
    const [session] = this.#sessions.slice(place, place + 1);
    const newest = this.at(0).remoteIdentity;
    if (!session || !decodeSession(session).remoteIdentity.equals(newest)) return;
    this.#sessions.splice(place, 1);
    this.#sessions.unshift(session);
    this.#open = true;
  }

  /** With the sessions of another record behind its own. */
  followedBy(older: SessionRecord): SessionRecord {
    const others = older.#sessions.filter((session) => this.find(baseKeyIn(session)) < 0);
    const open = this.size > 0 ? this.#open : older.#open;
    return new SessionRecord([...this.#sessions, ...others].slice(0, maxOldSessions + 1), open);
  }

  /** Nothing is written on it any more; what is still under way can be read. */
  close(): void {
    this.#open = false;
  }
}
