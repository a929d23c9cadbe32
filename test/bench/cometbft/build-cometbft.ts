import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GO_MINOR_MIN } from '#test/support/programs/find-go.ts';
import { CometbftError } from './errors.ts';
import { BUILD_MS_MAX, CALL_MS_MAX } from './limits.ts';
import { COMETBFT, moduleFault } from './pinned-module.ts';
import { runToEnd } from './run-to-end.ts';

/** @throws CometbftError COMETBFT_NO_GO with what to do, where there is none. */
export function needGo(go: string | undefined): string {
  if (go !== undefined) return go;
  const cure = `install Go 1.${GO_MINOR_MIN} or newer from https://go.dev/dl and put it on the PATH, or run "npm test" once as root, which fetches one`;
  throw new CometbftError(
    `CometBFT ${COMETBFT.version} is a program in Go, and there is no Go from 1.${GO_MINOR_MIN} on here to build it: ${cure}; "npm run bench" measures the federation alone`,
    { code: 'COMETBFT_NO_GO' },
  );
}

export interface BuildOptions {
  readonly go: string;
  /** Of the checkout: the program is kept below it, and built once. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * The path of a CometBFT that is built from the pinned module.
 * @throws CometbftError COMETBFT_NOT_BUILT
 */
export async function buildCometbft(options: BuildOptions): Promise<string> {
  const { root, note } = options;
  const folder = join(root, '.cache', 'cometbft');
  const kept = join(folder, COMETBFT.version);
  const isKept = existsSync(kept);
  if (!isKept) {
    note(`building CometBFT ${COMETBFT.version} …`);
    mkdirSync(folder, { recursive: true });
    await build(folder, kept, options);
  }
  const words = await goSays(['version', '-m', kept], CALL_MS_MAX, options);
  const fault = moduleFault(words);
  if (fault === undefined) return kept;
  rmSync(kept);
  throw notBuilt(`the program is removed, for ${fault}`);
}

/** Built in a folder of its own, and moved when it is whole: two may build at once. */
async function build(folder: string, kept: string, options: BuildOptions): Promise<void> {
  const own = mkdtempSync(join(folder, 'build-'));
  try {
    const env = { ...options.env, GOBIN: own, GOFLAGS: '-trimpath', GOWORK: 'off' };
    await goSays(['install', `${COMETBFT.command}@${COMETBFT.version}`], BUILD_MS_MAX, { ...options, env });
    renameSync(join(own, 'cometbft'), kept);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

async function goSays(
  args: readonly string[],
  msMax: number,
  { go, env, signal }: BuildOptions,
): Promise<string> {
  try {
    return await runToEnd({ command: go, args, env, msMax, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw notBuilt(error instanceof Error ? error.message : String(error), error);
  }
}

function notBuilt(message: string, cause?: unknown): CometbftError {
  return new CometbftError(
    `CometBFT ${COMETBFT.version} cannot be built: ${message}; Go fetches its source from the module proxy that GOPROXY names`,
    { code: 'COMETBFT_NOT_BUILT' },
    { cause },
  );
}
