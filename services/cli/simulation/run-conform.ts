import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import { runInCheckout } from './checkout-script.ts';

/** The options of `btcfed conform`, as they were typed. */
export interface ConformArguments {
  readonly protocol: string;
  readonly quick?: boolean;
  readonly jobs: number;
  readonly shard?: string;
  readonly case?: string;
  readonly part?: string;
  readonly seeds?: number;
  readonly json?: boolean;
}

/** Judges a protocol by the conformance kit: exit code 1 when a case failed or is not built yet. */
export async function runConform(context: ProcessContext, options: ConformArguments): Promise<ExitCode> {
  const { protocol, jobs, quick = false, json = false, ...named } = options;
  const args = [
    ...['--protocol', protocol, '--jobs', String(jobs)],
    ...(quick ? ['--quick'] : []),
    ...(json ? ['--json'] : []),
    ...Object.entries(named).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
  const isGood = await runInCheckout({ name: 'conform', path: 'test/conformance/run.ts', args }, context);
  return isGood ? EXIT_CODES.ok : EXIT_CODES.failed;
}
