import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toldParameters } from '#libs/protocol/parameter-words.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { type Transport, transportOf } from '#libs/settings/transport.ts';
import { isNewOrEmpty } from '../adapters/folders.ts';
import { claimPorts, DEFAULT_BASE_PORT } from '../adapters/port-claims.ts';
import { readGenesis } from '../adapters/read-home.ts';
import { newScratchFolder } from '../adapters/scratch-folders.ts';
import { decisionVotesOf } from '../core/decision-votes.ts';
import { memberName, memberPaths } from '../core/member-home.ts';
import { createFederationHome, DEFAULT_CHAIN_ID } from '../testnet/federation-home.ts';
import type { NamedParameters } from '../testnet/genesis-parameters.ts';
import { invalidInput } from '../words/errors.ts';
import type { Terminal } from '../words/terminal.ts';
import { holdsFederation } from './read-homes.ts';

export interface WorkspaceOptions {
  readonly members: number;
  readonly protocol: string;
  readonly scheme: string;
  /** Undefined: that of a new federation of this size, or of the one that is there. */
  readonly votePath?: VotePath | undefined;
  readonly transport?: Transport | undefined;
  /** Undefined: those of a new federation, or of the one that is there. */
  readonly parameters?: NamedParameters | undefined;
  /** The options that a person gave, rather than left at their defaults. */
  readonly given: { readonly members: boolean; readonly protocol: boolean; readonly scheme: boolean };
  /** Undefined: a scratch folder. */
  readonly home?: string;
  readonly basePort?: number;
  /** Take the default ports when they are free, so that a person finds the first member without being told. */
  readonly atDefaultPorts: boolean;
  readonly terminal: Terminal;
}

/** A folder with the homes of a federation. */
export interface Workspace {
  readonly folder: string;
  /** Removes it when it is scratch. */
  leave(): void;
}

/** Makes the homes of a federation, or uses those in `home`. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { home } = options;
  const kept = home === undefined ? undefined : resolve(home);
  if (kept !== undefined && holdsFederation(kept)) {
    checkSame(kept, options);
    return { folder: kept, leave: () => {} };
  }
  if (kept !== undefined && !isNewOrEmpty(kept))
    throw invalidInput(`--home ${home} holds no federation and is not empty: name another folder`);
  const claim =
    options.atDefaultPorts && options.basePort === undefined ? claimPorts(DEFAULT_BASE_PORT) : undefined;
  const folder = kept ?? newScratchFolder();
  const leave = (): void => {
    claim?.release();
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const preferred = claim === undefined ? {} : { preferredBasePort: DEFAULT_BASE_PORT };
    await createFederationHome({ ...options, ...preferred, folder, chainId: DEFAULT_CHAIN_ID });
    return { folder, leave };
  } catch (error) {
    leave();
    throw error;
  }
}

function checkSame(folder: string, options: WorkspaceOptions): void {
  const { members, protocol, scheme, votePath, transport, parameters = [], given } = options;
  const genesis = readGenesis(memberPaths(join(folder, memberName(0))).genesis);
  const there = genesis.members.length;
  if (given.members && members !== there) {
    throw invalidInput(
      `${folder} holds a federation of ${there} members; leave --members out or take a new folder`,
    );
  }
  if (given.protocol && protocol !== genesis.protocol) {
    throw invalidInput(
      `${folder} holds a federation that runs ${genesis.protocol}; leave --protocol out or take a new folder`,
    );
  }
  const way = decisionVotesOf(genesis).path;
  if (votePath !== undefined && votePath !== way) {
    throw invalidInput(
      `${folder} holds a federation whose votes go to ${way}; leave --vote-path out or take a new folder`,
    );
  }
  if (transport !== undefined && transport !== transportOf(genesis)) {
    throw invalidInput(
      `${folder} holds a federation whose members speak ${transportOf(genesis)}; leave --transport out or take a new folder`,
    );
  }
  const numbers = toldParameters(
    FOUNDING_PROTOCOLS.get(genesis.protocol)?.parameters.bounds,
    genesis.protocolParameters,
  );
  const other = parameters.find(([name, value]) => numbers[name] !== value);
  if (other !== undefined) {
    const [name] = other;
    throw invalidInput(
      `${folder} holds a federation with ${name}=${numbers[name] ?? 'no such number'}; leave --parameter ${name} out or take a new folder`,
    );
  }
  if (given.scheme && scheme !== genesis.scheme) {
    throw invalidInput(
      `${folder} holds a federation that signs by ${genesis.scheme}; leave --scheme out or take a new folder`,
    );
  }
}
