/**
 * The costs of a member's work, in time of one core: measured on the machine that runs the model, or given. `Us` and
 * `Ns` of one thing are a line: so much for each message, and so much for each of its bytes.
 */
export interface WorkCosts {
  readonly signMs: number;
  readonly verifyMs: number;
  /** To name one signature in the memory of those that were verified. */
  readonly claimUs: number;
  /** A step of the protocol on a message, with its admission. */
  readonly stepUs: number;
  readonly encodeUs: number;
  readonly encodeByteNs: number;
  readonly decodeUs: number;
  readonly decodeByteNs: number;
  /** From consensus to its gateway or back: for each of the two. */
  readonly hopUs: number;
  readonly hopByteNs: number;
  /** From gateway to gateway: for each of the two. */
  readonly lineUs: number;
  readonly lineByteNs: number;
  /** A call from consensus to its signer: for each of the two. */
  readonly callUs: number;
  /** A block that is made, or judged, and kept. */
  readonly blockUs: number;
  /** A safety record, until it is durable; and what of it is work of a core. */
  readonly recordMs: number;
  readonly recordCpuMs: number;
  /** A decided block, until it is durable; and what of it is work of a core. */
  readonly commitMs: number;
  readonly commitCpuMs: number;
  /** How many times what is measured part by part the messages of a whole node take; the same of their bytes. */
  readonly messageFactor: number;
  readonly byteFactor: number;
}

/** A cost of a message of a size, in milliseconds. */
export function sizedMs(
  { messageFactor, byteFactor }: Pick<WorkCosts, 'messageFactor' | 'byteFactor'>,
  each: { readonly us: number; readonly byteNs: number },
  bytes: number,
): number {
  return (messageFactor * each.us) / 1_000 + (byteFactor * each.byteNs * bytes) / 1_000_000;
}

export function encodeMs(costs: WorkCosts, bytes: number): number {
  return sizedMs(costs, { us: costs.encodeUs, byteNs: costs.encodeByteNs }, bytes);
}

export function decodeMs(costs: WorkCosts, bytes: number): number {
  return sizedMs(costs, { us: costs.decodeUs, byteNs: costs.decodeByteNs }, bytes);
}

export function hopMs(costs: WorkCosts, bytes: number): number {
  return sizedMs(costs, { us: costs.hopUs, byteNs: costs.hopByteNs }, bytes);
}

export function lineMs(costs: WorkCosts, bytes: number): number {
  return sizedMs(costs, { us: costs.lineUs, byteNs: costs.lineByteNs }, bytes);
}
