import { mkdirSync } from 'node:fs';
import { checkedName } from '#libs/crypto/scheme.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { CHAIN_ID, CHAIN_ID_RULE } from '#libs/settings/genesis-schema.ts';
import type { Transport } from '#libs/settings/transport.ts';
import { isNewOrEmpty } from '../adapters/folders.ts';
import { type HeldPorts, holdFreePorts, holdPorts } from '../adapters/free-ports.ts';
import { memberPaths, SOCKET_PATH_BYTES_MAX } from '../core/member-home.ts';
import { CliError, invalidInput } from '../words/errors.ts';
import type { Terminal } from '../words/terminal.ts';
import { createTestnet, type Testnet } from './create-testnet.ts';
import { foundingSizeFault } from './founding-size.ts';
import type { NamedParameters } from './genesis-parameters.ts';
import { type MemberPlan, PORTS_PER_MEMBER, planMembers, portsFromBase } from './member-plan.ts';

export const DEFAULT_SCHEME = 'slh-dsa-sha2-128f';
export const DEFAULT_CHAIN_ID = 'local';

export interface FederationHomeOptions {
  /** Absolute; new or empty. */
  readonly folder: string;
  readonly members: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly chainId: string;
  readonly votePath?: VotePath | undefined;
  readonly transport?: Transport | undefined;
  readonly parameters?: NamedParameters | undefined;
  /** Undefined: ports that are free. */
  readonly basePort?: number;
  /** Taken, when all of its ports are free, before any others. */
  readonly preferredBasePort?: number;
  readonly terminal: Terminal;
}

export interface FederationHome {
  readonly testnet: Testnet;
  readonly plans: readonly MemberPlan[];
}

/** Progress is worth a line each time so many members are done: keys of slow schemes take a second each. */
const PROGRESS_EVERY = 16;

/**
 * Makes a folder with the homes of a whole federation.
 * @throws AppError before anything is written when an option cannot be used.
 */
export async function createFederationHome(options: FederationHomeOptions): Promise<FederationHome> {
  const { folder, members, protocol, scheme, terminal } = options;
  checkedName(scheme);
  const ours = { protocol, protocols: FOUNDING_PROTOCOLS };
  const fault = foundingSizeFault(members, ours);
  if (fault !== undefined) throw invalidInput(fault);
  if (!CHAIN_ID.test(options.chainId))
    throw invalidInput(`--chain-id "${options.chainId}": ${CHAIN_ID_RULE}`);
  checkFolder(folder, members);
  const held = await holdPortsFor(options);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const plans = planMembers(folder, held.ports);
    const progress = (done: number, of: number): void => {
      if (done % PROGRESS_EVERY === 0 && of > PROGRESS_EVERY)
        terminal.note(`keys of ${done} of ${of} members made`);
    };
    const { chainId, votePath, transport, parameters } = options;
    const terms = { chainId, protocol, scheme, votePath, transport, parameters };
    return { testnet: await createTestnet({ ...terms, members: plans, progress }), plans };
  } finally {
    await held.release();
  }
}

async function holdPortsFor(options: FederationHomeOptions): Promise<HeldPorts> {
  const { members, basePort, preferredBasePort } = options;
  if (basePort !== undefined) return holdPorts(portsFromBase(basePort, members));
  if (preferredBasePort !== undefined) {
    const preferred = await portsIfFree(portsFromBase(preferredBasePort, members));
    if (preferred !== undefined) return preferred;
  }
  return holdFreePorts(members * PORTS_PER_MEMBER, PORTS_PER_MEMBER);
}

async function portsIfFree(ports: readonly number[]): Promise<HeldPorts | undefined> {
  try {
    return await holdPorts(ports);
  } catch (error) {
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

function checkFolder(folder: string, members: number): void {
  const longest = memberPaths(`${folder}/m${members - 1}`).metricsSockets.consensus;
  if (Buffer.byteLength(longest) > SOCKET_PATH_BYTES_MAX) {
    const over = Buffer.byteLength(longest) - SOCKET_PATH_BYTES_MAX;
    throw invalidInput(`${folder} is ${over} characters too long for the sockets in it; take a shorter path`);
  }
  if (!isNewOrEmpty(folder)) {
    throw invalidInput(`${folder} exists and is not an empty folder; keys are never written over`);
  }
}
