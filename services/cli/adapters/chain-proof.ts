import { readFileSync, statSync } from 'node:fs';
import type { Digest } from '#libs/chain/ids.ts';
import { CHAIN_PROOF_BYTES_MAX, type ChainProof, decodeChainProof } from '#libs/client/chain-proof.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { FederationClientError } from '#libs/client/errors.ts';
import type { ClientHandover } from '#libs/client/membership.ts';
import type { TransactionProof } from '#libs/client/verify-transaction.ts';
import { CliError, invalidInput } from '#services/launcher/words/errors.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';

export interface WantedProof {
  /** Epoch whose members the reader knows already; 0 is that of the genesis. */
  readonly from: bigint;
  /** Hash of a transaction that is final, where one is to be proved. */
  readonly transaction?: Digest | undefined;
}

/**
 * A member's proof of the chain, for a reader who trusts the members of one epoch alone. Nothing is verified here.
 * @throws CliError `CLI_NOT_THERE` while the transaction is not final.
 */
export async function chainProofOf(
  member: FederationClient,
  { from, transaction }: WantedProof,
): Promise<ChainProof> {
  const proved = transaction === undefined ? undefined : await transactionProof(member, transaction);
  const { epoch } = await member.validators();
  const handovers: ClientHandover[] = [];
  for (let to = from + 1n; to <= epoch; to++) handovers.push(await member.handover(to));
  return { handovers, transaction: proved };
}

async function transactionProof(member: FederationClient, hash: Digest): Promise<TransactionProof> {
  const answer = await member.get(hash);
  if (answer.state !== 'final') {
    throw new CliError(`transaction ${hash} is not final yet`, { code: 'CLI_NOT_THERE' });
  }
  const { payloadProof, stateProof, height } = answer;
  return { payloadProof, stateProof, block: await member.getHeader(height) };
}

/** @throws CliError naming the file. */
export function readChainProof(file: string): ChainProof {
  try {
    return decodeChainProof(contentOf(file));
  } catch (cause) {
    if (cause instanceof FederationClientError) throw invalidInput(`${file}: ${cause.message}`, cause);
    throw cause;
  }
}

function contentOf(file: string): Uint8Array {
  try {
    if (statSync(file).size <= CHAIN_PROOF_BYTES_MAX) return readFileSync(file);
  } catch (cause) {
    throw invalidInput(`${file} cannot be read: ${fileReason(cause)}`, cause);
  }
  throw invalidInput(`${file} is too large to be a proof`);
}
