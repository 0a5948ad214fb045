import type { PluginFaultNote } from "../../core/ports/plugins.ts";

const most = 20;

/** The last faults of one plugin since the bot began, newest first. */
export class FaultLog {
  #notes: PluginFaultNote[] = [];

  add(note: PluginFaultNote): void {
    this.#notes = [note, ...this.#notes].slice(0, most);
  }

  get notes(): readonly PluginFaultNote[] {
    return this.#notes;
  }
}
