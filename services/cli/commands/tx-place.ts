import { type Command, Option } from 'commander';
import { fromHex } from '#libs/bytes/hex.ts';
import { type Digest, toDigest } from '#libs/chain/ids.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { statusOf } from '#services/launcher/adapters/member-client.ts';
import { CliError, invalidInput } from '#services/launcher/words/errors.ts';
import { wholeNumber } from './option-values.ts';

/** Where a transaction is in the chain. */
export interface TransactionPlace {
  readonly height: bigint;
  readonly index: number;
}

export interface TimeoutOption {
  /** Seconds. */
  readonly timeout: number;
}

const HASH_BYTES = 32;
const TIMEOUT_S = { min: 1, max: 86_400 } as const;
const TIMEOUT_S_DEFAULT = 60;

export function withTimeout(command: Command): Command {
  return command.addOption(
    new Option('--timeout <seconds>', 'how long to wait until it is final')
      .argParser(wholeNumber(TIMEOUT_S))
      .default(TIMEOUT_S_DEFAULT),
  );
}

/** @throws CliError `CLI_NOT_THERE` when it is not final in time. */
export async function untilFinal(
  member: FederationClient,
  hash: Digest,
  { timeout }: TimeoutOption,
): Promise<TransactionPlace> {
  try {
    return await member.wait(hash, { deadlineMs: timeout * 1000 });
  } catch (cause) {
    if (statusOf(cause) !== 'DEADLINE_EXCEEDED') throw cause;
    const message = `the transaction is not final after ${timeout} s; it may still become final`;
    throw new CliError(message, { code: 'CLI_NOT_THERE' }, { cause });
  }
}

export function finalText({ height, index }: TransactionPlace): string {
  return `final at height ${height}, index ${index}`;
}

/** A transaction hash as a person typed it. */
export function hashOf(text: string): Digest {
  const lower = text.toLowerCase();
  if (fromHex(lower)?.length === HASH_BYTES) return toDigest(lower);
  throw invalidInput(
    `${JSON.stringify(text)} is no hash: a transaction hash has 64 hex digits, as "btcfed tx submit" prints it`,
  );
}
