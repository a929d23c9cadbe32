import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';

export type CostName = keyof WorkCosts;

/** A cost that is given and not measured. */
export type NamedCost = readonly [name: CostName, value: number];

/** Every cost, in words. */
const COST_TEXTS: Readonly<Record<CostName, string>> = {
  signMs: 'a signature',
  verifyMs: 'a verification',
  claimUs: 'to look a signature up among those that were verified',
  stepUs: 'a step of the protocol on a message',
  encodeUs: 'to write a message',
  encodeByteNs: 'to write a byte of it',
  decodeUs: 'to read a message',
  decodeByteNs: 'to read a byte of it',
  hopUs: 'a message between consensus and gateway, at each end',
  hopByteNs: 'a byte of it',
  lineUs: 'a message between gateways, at each end',
  lineByteNs: 'a byte of it',
  callUs: 'a call to the signer, at each end',
  blockUs: 'a block that is made or judged, and kept',
  recordMs: 'a safety record, until it is durable',
  recordCpuMs: 'what of it is work of a core',
  commitMs: 'a decided block, until it is durable',
  commitCpuMs: 'what of it is work of a core',
  messageFactor: 'how many times what is measured a message takes',
  byteFactor: 'how many times what is measured a byte takes',
};

export const COST_NAMES: readonly CostName[] = Object.keys(COST_TEXTS).filter(isCostName);

export function isCostName(name: string): name is CostName {
  return Object.hasOwn(COST_TEXTS, name);
}

/** All names with what they are, for the help. */
export function costLines(): readonly string[] {
  return COST_NAMES.map((name) => `  ${name.padEnd(14)} ${COST_TEXTS[name]}`);
}
