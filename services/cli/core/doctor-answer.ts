import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import type { Check } from './doctor-check.ts';

/** The facts that a doctor tells beside its checks, in JSON alone. */
interface AnswerOptions {
  readonly json: boolean | undefined;
  readonly more?: Readonly<Record<string, unknown>>;
}

/**
 * Tells the checks of a doctor, one a line or as one JSON object `{"ok","checks":[{"name","verdict","found","cure"}],…}`.
 * @returns `failed` when one of them is a failure.
 */
export function tellChecks(
  terminal: Pick<Terminal, 'out'>,
  checks: readonly Check[],
  { json, more }: AnswerOptions,
): ExitCode {
  const ok = checks.every(({ verdict }) => verdict !== 'failure');
  if (json === true) terminal.out(jsonText({ ok, ...more, checks }));
  else for (const each of checks) terminal.out(lineOf(each));
  return ok ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function lineOf({ name, verdict, found, cure }: Check): string {
  return `${verdict.padEnd(8)} ${name}: ${found}${cure === '' ? '' : ` (${cure})`}`;
}
