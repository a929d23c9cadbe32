import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import { genesisText } from '#libs/settings/genesis-text.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import type { Transport } from '#libs/settings/transport.ts';
import { readMemberFile } from '../adapters/member-file.ts';
import { invalidInput } from '../words/errors.ts';
import { foundingPolicy, foundingSizeFault } from './founding-size.ts';
import { genesisParametersFor, type NamedParameters } from './genesis-parameters.ts';

export interface CreateGenesisOptions {
  /** Paths of member.json files, in the order of the members. */
  readonly members: readonly string[];
  readonly out: string;
  readonly chainId: string;
  readonly protocol: string;
  readonly votePath?: VotePath | undefined;
  readonly transport?: Transport | undefined;
  readonly parameters?: NamedParameters | undefined;
}

const FILE_MODE = 0o644;

/** Makes the genesis of members that were made apart. It has no secrets: all of them get the same file. */
export async function createGenesis({
  members: files,
  out,
  chainId,
  protocol,
  votePath,
  transport,
  parameters,
}: CreateGenesisOptions): Promise<Genesis> {
  if (existsSync(out)) throw invalidInput(`${out} exists; a genesis is never written over`);
  const ours = { protocol, protocols: FOUNDING_PROTOCOLS };
  const fault = foundingSizeFault(files.length, ours);
  if (fault !== undefined) throw invalidInput(fault);
  const members = files.map(readMemberFile);
  const scheme = members[0]?.scheme ?? '';
  const other = members.find((member) => member.scheme !== scheme);
  if (other !== undefined) {
    throw invalidInput(
      `${other.name} signs by ${other.scheme}, ${members[0]?.name} by ${scheme}; all must use one scheme`,
    );
  }
  // Each member has a machine of its own: its cores do not also sign for the others.
  const cores = availableParallelism() * members.length;
  const genesis: Genesis = {
    version: 1,
    chainId,
    protocol,
    scheme,
    genesisTimeMs: BigInt(Date.now()),
    allowDominantMember: false,
    membership: foundingPolicy(members.length),
    ...(await genesisParametersFor({
      protocol,
      scheme,
      members: members.length,
      cores,
      votePath,
      transport,
      parameters,
    })),
    members: members.map(({ name, consensusPublicKey, gatewayPublicKey, keys }) => {
      return { name, consensusPublicKey, gatewayPublicKey, weight: 1n, ...(keys && { keys }) };
    }),
  };
  const text = genesisText(genesis);
  const checked = parseGenesis(text);
  await writeFileAtomic(out, text, FILE_MODE);
  return checked;
}
