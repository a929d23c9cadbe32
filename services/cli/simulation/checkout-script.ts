import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CliError, unusable } from '#services/launcher/words/errors.ts';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';

/** A script of the tests of a checkout: it takes out rules, or has protocols that the product has not. */
export interface CheckoutScript {
  /** The command that asks for it, for people. */
  readonly name: string;
  /** Path from the root of the checkout. */
  readonly path: string;
  readonly args: readonly string[];
}

/**
 * Runs a script with the output of this process; true when it ended with 0, false with 1.
 * @throws CliError without a checkout, for options that it refused, and when it broke off.
 */
export async function runInCheckout(
  { name, path, args }: CheckoutScript,
  { terminal, root, node }: Pick<ProcessContext, 'terminal' | 'root' | 'node'>,
): Promise<boolean> {
  const script = join(root, path);
  if (!existsSync(script)) throw unusable(`${name} needs the tests of the checkout: there is no ${path}`);
  const child = spawn(node, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  // The last line of stderr waits: a refusal of options is said once, as the sentence of this command.
  let last: string | undefined;
  createInterface(child.stdout).on('line', terminal.out);
  createInterface(child.stderr).on('line', (line) => {
    if (last !== undefined) terminal.note(last);
    last = line;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  // Not 1, which is an answer of a script: a case failed.
  if (code === EXIT_CODES.usage) throw unusable(last ?? `${name} refused its options`);
  if (last !== undefined) terminal.note(last);
  if (code === 0 || code === 1) return code === 0;
  throw new CliError(`${name} broke off`, { code: 'CLI_SERVICE_FAILED', service: name });
}
