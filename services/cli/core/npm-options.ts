import { invalidInput } from '#services/launcher/words/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const FLAG = 'true';

/**
 * Refuses options that npm took for its own, which the program never saw: npm hands on only those behind two dashes.
 *
 * @param names - The options of the command, without their dashes.
 * @param rest - Words that are left over: npm hands on the value of an option that it took for a flag.
 * @param before - Words that stand before options.
 * @throws CliError `CLI_INVALID_INPUT` with the command line that was meant.
 */
export function refuseKeptByNpm(
  env: Environment,
  names: readonly string[],
  rest: readonly string[],
  before: readonly string[] = [],
): void {
  if (env['npm_lifecycle_event'] !== 'start') return;
  const kept = names.flatMap((name) => {
    const value = env[`npm_config_${name.replaceAll('-', '_')}`];
    return value === undefined || value === '' ? [] : [value === FLAG ? `--${name}` : `--${name} ${value}`];
  });
  if (kept.length === 0) return;
  const meant = ['npm start --', ...before, ...kept, ...rest].join(' ');
  throw invalidInput(`npm kept ${kept.join(' and ')} for itself; put two dashes before options: ${meant}`);
}
