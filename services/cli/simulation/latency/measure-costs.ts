import { FITTED_FACTORS } from '#libs/simulation/latency/fitted-factors.ts';
import type { LatencySetting } from '#libs/simulation/latency/latency-setting.ts';
import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';
import { type CostName, isCostName, type NamedCost } from './cost-names.ts';
import { measureCodec } from './measure-codec.ts';
import { measureHop } from './measure-hop.ts';
import { measureLine } from './measure-line.ts';
import { measureSignatures } from './measure-signatures.ts';
import { measureStore } from './measure-store.ts';

/** Costs that some part of the measuring finds together. */
interface CostGroup {
  readonly names: readonly CostName[];
  readonly what: string;
  measure(): Promise<Partial<WorkCosts>>;
}

export interface Measuring {
  readonly scheme: string;
  /** Costs that are given: of those nothing is measured. */
  readonly given: readonly NamedCost[];
  /** A federation of few members, for what follows from running one. */
  readonly setting: Omit<LatencySetting, 'costs'>;
  note(text: string): void;
}

/** The costs of work on this machine; those that are given as they are. */
export async function measureCosts({ scheme, given, setting, note }: Measuring): Promise<WorkCosts> {
  const costs: Record<CostName, number> = { ...NO_COSTS, ...FITTED_FACTORS };
  const known = new Set<string>();
  for (const [name, value] of given) {
    costs[name] = value;
    known.add(name);
  }
  for (const { names, what, measure } of groupsOf(scheme, setting)) {
    if (names.every((name) => known.has(name))) continue;
    note(`measuring ${what} …`);
    for (const [name, value] of Object.entries(await measure())) {
      if (isCostName(name) && !known.has(name)) costs[name] = value;
    }
  }
  return costs;
}

function groupsOf(scheme: string, setting: Omit<LatencySetting, 'costs'>): readonly CostGroup[] {
  return [
    {
      names: ['signMs', 'verifyMs', 'claimUs'],
      what: `signatures of ${scheme}`,
      measure: () => measureSignatures(scheme),
    },
    {
      names: ['encodeUs', 'encodeByteNs', 'decodeUs', 'decodeByteNs'],
      what: 'the codec of messages',
      measure: () => measureCodec(setting.protocol, setting.signatureBytes),
    },
    {
      names: ['hopUs', 'hopByteNs', 'callUs'],
      what: 'the stream between consensus and gateway',
      measure: measureHop,
    },
    { names: ['lineUs', 'lineByteNs'], what: 'two gateways', measure: measureLine },
    {
      names: ['stepUs', 'blockUs', 'recordMs', 'recordCpuMs', 'commitMs', 'commitCpuMs'],
      what: 'the protocol and the chain store',
      measure: () => measureStore({ ...setting, costs: NO_COSTS }),
    },
  ];
}

/** Nothing takes any time: the events do not depend on it. */
const NO_COSTS: Readonly<Record<CostName, number>> = {
  ...{ signMs: 0, verifyMs: 0, claimUs: 0, stepUs: 0, callUs: 0, blockUs: 0 },
  ...{ encodeUs: 0, encodeByteNs: 0, decodeUs: 0, decodeByteNs: 0 },
  ...{ hopUs: 0, hopByteNs: 0, lineUs: 0, lineByteNs: 0 },
  ...{ recordMs: 0, recordCpuMs: 0, commitMs: 0, commitCpuMs: 0, messageFactor: 1, byteFactor: 1 },
};
