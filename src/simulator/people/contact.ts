import { SimulatedPerson } from "./person.ts";

/** Someone who writes to the accounts under test, from a phone the simulator plays. */
export class SimulatedContact extends SimulatedPerson {}
