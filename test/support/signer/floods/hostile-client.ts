import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { killed } from '#test/support/programs/processes.ts';
import { COMPILE_CACHE } from '#test/support/runner/compile-cache.ts';
import { within } from '#test/support/within.ts';
import type { FloodOrder, FloodTold } from './signer-flooder.ts';
import type { SignerFlood } from './signer-floods.ts';

/** On one machine the flooder's own work would count as damage. */
const NICENESS = 19;
const FLOODER = fileURLToPath(new URL('./signer-flooder.ts', import.meta.url));

/** A hostile client, as a process: one flood after the other. */
export class HostileClient implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #statements: () => Pick<FloodOrder, 'signed' | 'stale'>;

  constructor(planFile: string, statements: () => Pick<FloodOrder, 'signed' | 'stale'>) {
    this.#process = fork(FLOODER, [planFile], { env: COMPILE_CACHE });
    setPriority(this.#process.pid ?? 0, NICENESS);
    this.#statements = statements;
  }

  /** Resolves when it has done harm for the first time. */
  async begin(flood: SignerFlood): Promise<void> {
    const begun = this.#told();
    this.#process.send({ flood, ...this.#statements() } satisfies FloodOrder);
    assert.deepEqual(await begun, { kind: 'begun' });
  }

  /** @returns how often it did harm since it began. */
  async rest(): Promise<number> {
    const told = this.#told();
    this.#process.send('rest');
    const answer = await told;
    return answer.kind === 'harm' ? answer.count : assert.fail('it begins when it is told to rest');
  }

  async #told(): Promise<FloodTold> {
    const [told] = await within('what the flooder did', once(this.#process, 'message'));
    return told;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return killed(this.#process);
  }
}
