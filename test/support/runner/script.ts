import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** The options make no sense: nothing was done. */
class UsageError extends Error {}

/** EX_USAGE of sysexits, as `btcfed` and the other benches say it. */
const USAGE_EXIT_CODE = 64;
const WHOLE = /^[1-9]\d{0,8}$/;

/** The options of this process. For use within `runScript`. */
export function scriptOptions<const Options extends ParseArgsOptionsConfig>(options: Options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The value of an option that is a whole number from 1 on. For use within `runScript`. */
export function wholeNumber(option: string, text: string): number {
  if (!WHOLE.test(text)) refuse(`--${option} takes a whole number from 1 on, not "${text}"`);
  return Number(text);
}

/** Ends `runScript` with this sentence. */
export function refuse(sentence: string): never {
  throw new UsageError(sentence);
}

/** Runs a script whose exit code is what `main` returns; options that make no sense are one sentence and exit code 64. */
export async function runScript(name: string, main: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${name}: ${error.message}; --help says what there is\n`);
    process.exitCode = USAGE_EXIT_CODE;
  }
}
