import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CliError, invalidInput } from '#services/launcher/words/errors.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';

/** Where rules are taken out: in test code, so that the product has no switches for it. */
const RUNNER = 'test/simulation/mutants.ts';

export interface MutantsRequest {
  readonly kind: 'mutants';
  /** Seeds that a mutant may need at most. */
  readonly seeds: number;
  readonly json: boolean;
}

/** Takes out one rule after the other; true when the checks noticed each. */
export async function runMutants(
  { seeds, json }: MutantsRequest,
  { terminal, root, node }: Pick<ProcessContext, 'terminal' | 'root' | 'node'>,
): Promise<boolean> {
  const runner = join(root, RUNNER);
  if (!existsSync(runner))
    throw invalidInput(`--mutants needs the tests of the checkout: there is no ${RUNNER}`);
  const args = [runner, String(seeds), ...(json ? ['--json'] : [])];
  const child = spawn(node, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  createInterface(child.stdout).on('line', terminal.out);
  createInterface(child.stderr).on('line', terminal.note);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0 || code === 1) return code === 0;
  throw new CliError('the mutation run broke off', { code: 'CLI_SERVICE_FAILED', service: 'mutants' });
}
