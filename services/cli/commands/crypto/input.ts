import { readFileSync, statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { fromHex } from '#libs/bytes/hex.ts';
import { CryptoError } from '#libs/crypto/errors.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { Backend, SignatureScheme, Signing } from '#libs/crypto/signature-scheme.ts';
import { unusable } from '#services/launcher/words/errors.ts';
import type { ExitCode } from '#services/launcher/words/exit-codes.ts';
import { action, type CommandContext } from '../context.ts';

/** The options of every command of the group. */
export interface CryptoOptions {
  readonly scheme: string;
  readonly backend: Backend | 'auto';
  readonly json?: boolean;
}

/** No form of a key is longer, and a longer file must not be read. */
const KEY_FILE_BYTES_MAX = 4_096;

/** Mistakes of the person who typed, as opposed to faults of the machine. */
const INPUT_FAULTS: ReadonlySet<string> = new Set<CryptoError['detail']['code']>([
  'CRYPTO_UNKNOWN_SCHEME',
  'CRYPTO_UNAVAILABLE',
  'CRYPTO_INVALID_SIZE',
  'CRYPTO_KEY_MISMATCH',
  'CRYPTO_KEY_UNREADABLE',
]);

export function withCryptoOptions(command: Command): Command {
  const backend = new Option('--backend <name>', 'implementation: OpenSSL in Node, or JavaScript')
    .choices(['auto', 'native', 'portable'])
    .default('auto');
  return command
    .requiredOption('--scheme <name>', `parameter set: ${schemeNames().join(', ')}`)
    .addOption(backend)
    .option('--json', 'print one JSON object');
}

export function schemeOf({ scheme, backend }: CryptoOptions, signing: Signing = 'hedged'): SignatureScheme {
  return schemeByName(scheme, { signing, backend });
}

/** The action of a command of the group. It exits with 64 for unusable input, because 1 is an answer here. */
export function cryptoAction<Args extends unknown[]>(
  context: CommandContext,
  work: (...args: Args) => Promise<ExitCode>,
): (...args: Args) => Promise<void> {
  return action(context, async (...args: Args) => {
    try {
      return await work(...args);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      if (INPUT_FAULTS.has(error.detail.code)) throw unusable(error.message, error);
      throw new Error(error.message, { cause: error });
    }
  });
}

/** Hex in either case, as vectors have it. */
export function hexOption(option: string, text: string): Uint8Array {
  const bytes = fromHex(text.toLowerCase());
  if (bytes !== undefined) return bytes;
  throw unusable(`${option} is not hex: expected pairs of the digits 0 to 9 and a to f`);
}

export function keyFile(file: string): Uint8Array {
  try {
    if (statSync(file).size <= KEY_FILE_BYTES_MAX) return readFileSync(file);
  } catch (cause) {
    throw unusable(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  throw unusable(`${file} is too large to be a key`);
}
