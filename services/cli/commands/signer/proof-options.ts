import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Digest } from '#libs/chain/ids.ts';
import type { ChainProof } from '#libs/client/chain-proof.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { recordFacts } from '#services/signer/ceremony/record-facts.ts';
import { chainProofOf, readChainProof } from '../../adapters/chain-proof.ts';
import { type TlsOptions, targetOf, withTlsOptions } from '../member-options.ts';
import { hostPort, readableFile } from '../option-values.ts';
import { type PlaceOptions, placeOf } from './place.ts';

export interface ProofOptions extends PlaceOptions, TlsOptions {
  readonly proof?: string;
  readonly address?: string;
}

/** The options that name the source of a proof for the record: a file or a member. Neither is trusted. */
export function withProofOptions(command: Command): Command {
  return withTlsOptions(
    command
      .option('--proof <file>', 'the proof, written by "btcfed members proof"', readableFile)
      .option('--address <host:port>', 'or the client API of a member that has it', hostPort),
  );
}

/** @param wanted - A transaction that must be final; undefined: the members alone are proved. */
export async function proofOf(options: ProofOptions, wanted?: Digest): Promise<ChainProof> {
  const { proof: file, address, tlsCa, tlsCert, tlsKey, tlsName } = options;
  if ((file === undefined) === (address === undefined))
    throw invalidInput('give one of --proof and --address');
  if (address === undefined) return readChainProof(resolve(file ?? ''));
  const { state } = await recordFacts(placeOf(options));
  return withMember(targetOf(given({ address, tlsCa, tlsCert, tlsKey, tlsName })), (member) =>
    chainProofOf(member, { from: state.epoch, transaction: wanted }),
  );
}

/** The given options, without those that were left out. */
function given(options: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
