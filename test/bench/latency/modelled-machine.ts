import { availableParallelism } from 'node:os';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import { type LatencyRow, latencyRow } from '#libs/simulation/latency/latency-rows.ts';
import type { LatencySetting } from '#libs/simulation/latency/latency-setting.ts';
import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';
import { COST_NAMES, type CostName } from '#services/cli/simulation/latency/cost-names.ts';
import { encodedSizes } from '#services/cli/simulation/latency/encoded-sizes.ts';
import { latencyRequest } from '#services/cli/simulation/latency/latency-request.ts';
import { measureCosts } from '#services/cli/simulation/latency/measure-costs.ts';
import { PROTOCOLS } from '#services/cli/simulation/protocols.ts';
import { votePathFor } from '#services/launcher/core/new-vote-path.ts';
import type { Factors, FittedPoint } from './fit-factors.ts';

const DECISIONS = 21;
const TRANSACTION_BYTES = 1_000;

/** All members on this machine, in the model: as a local federation has them. */
export class ModelledMachine {
  readonly #setting: LatencySetting;

  private constructor(setting: LatencySetting) {
    this.#setting = setting;
  }

  /** Measures this machine now: other work of it counts alike here and in a real run of the same minutes. */
  static async measured(scheme: string, note: (text: string) => void): Promise<ModelledMachine> {
    const request = latencyRequest({ members: 4, from: 1, scheme, network: 'local', hosts: 'shared' });
    const { protocol, parameters, timing, rates, signatureBytes } = request;
    const setting = {
      ...{ protocol, parameters, timing, rates, signatureBytes, members: 4, hosts: request.hosts, seed: 1 },
      cores: availableParallelism(),
      transactionBytes: TRANSACTION_BYTES,
      sizes: encodedSizes(protocol.id),
      leaveTimers: PROTOCOLS.get(protocol.id)?.shape.timers.leave ?? [],
    };
    const costs = await measureCosts({ scheme, given: [], setting: { ...setting, hosts: 'own' }, note });
    return new ModelledMachine({ ...setting, costs });
  }

  /** The least of each cost: other work of the machine only adds to one. */
  static quietest([first, ...others]: readonly [ModelledMachine, ...ModelledMachine[]]): ModelledMachine {
    const all = [first, ...others].map((machine) => machine.#setting.costs);
    const least: Record<CostName, number> = { ...first.#setting.costs };
    for (const name of COST_NAMES) least[name] = Math.min(...all.map((costs) => costs[name]));
    return new ModelledMachine({ ...first.#setting, costs: least });
  }

  get costs(): WorkCosts {
    return this.#setting.costs;
  }

  decision(members: number, factors: Factors): LatencyRow {
    const { costs, timing } = this.#setting;
    // A timeout would be noise here: real federations measure how long they have to wait.
    const patient = { ...timing, viewTimeoutMs: 600_000, viewTimeoutMsMax: 600_000 };
    const setting = {
      ...this.#setting,
      ...{ members, parameters: parametersOf(members), timing: patient },
      costs: { ...costs, ...factors },
    };
    const row = latencyRow(setting, 0, DECISIONS);
    if ('undecided' in row) throw new Error(`no decision of ${members} members comes in the model`);
    return row;
  }

  /** How the work of a decision depends on the two factors: it is a plane. */
  pointAt(members: number, realMs: number): FittedPoint {
    const cpuMs = (factors: Factors): number => this.decision(members, factors).allCpuMs;
    const baseMs = cpuMs({ messageFactor: 1, byteFactor: 1 });
    return {
      ...{ members, realMs, baseMs },
      messagesMs: cpuMs({ messageFactor: 2, byteFactor: 1 }) - baseMs,
      bytesMs: cpuMs({ messageFactor: 1, byteFactor: 2 }) - baseMs,
    };
  }
}

/** Votes go as they go in the real federation, which is a new one. */
function parametersOf(members: number): ParameterValues {
  const parameter = [['vote_path', votePathFor(members)]] as const;
  return latencyRequest({ members, from: 1, network: 'local', hosts: 'shared', parameter }).parameters;
}
