import { existsSync, statfsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { AppError } from '#libs/errors/app-error.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { Peer } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { peersOfNode } from '#services/launcher/adapters/peers-of-node.ts';
import { type HomeEnvironment, readNodeHome } from '#services/launcher/adapters/read-home.ts';
import { withServiceOf } from '#services/launcher/adapters/running-node.ts';
import { withSignerAdmin } from '#services/launcher/adapters/signer-admin.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import { type MemberPaths, memberPaths } from '#services/launcher/core/member-home.ts';
import { CALL_MS } from '#services/launcher/words/limits.ts';
import type { CustodyFacts, OutsideFacts } from '../../core/diagnosis/outside-facts.ts';
import type { NodeFolderFacts } from '../../core/host-disk.ts';
import { certificateStates } from '../certificate-states.ts';
import { diskFacts } from '../disk-facts.ts';
import { type AskedService, asked, notAsked } from './asked-service.ts';
import { inTime } from './in-time.ts';

/** The facts that a home and the services of its node tell, but for consensus. */
export type HomeFacts = Omit<OutsideFacts, 'services' | 'standing' | 'peers'> & {
  readonly services: Omit<OutsideFacts['services'], 'consensus'>;
  /** Undefined where the gateway does not answer. */
  readonly gatewayPeers: readonly Peer[] | undefined;
  /** The settings, where they can be read. */
  readonly node: LaunchFacts | undefined;
};

/** Looks into a home and asks the services of its node, all at once. */
export async function askHome(home: string, env: HomeEnvironment): Promise<HomeFacts> {
  const paths = memberPaths(resolve(home));
  const { node, fault } = settingsOf(paths, env);
  const [config, signer, gateway] = await Promise.all([
    askConfig(paths),
    askSigner(paths),
    askGateway(paths, node),
  ]);
  return {
    node,
    member: node?.name ?? basename(paths.home),
    settingsFault: fault,
    hasChain: existsSync(paths.genesis),
    services: { config: config.answer, signer: signer.answer, gateway: gateway.answer },
    custody: signer.told,
    certificates: node === undefined ? [] : certificateStates(node),
    folders: foldersOf(paths),
    gatewayPeers: gateway.told,
    nowMs: Date.now(),
  };
}

function settingsOf(
  { home }: MemberPaths,
  env: HomeEnvironment,
): { readonly node: LaunchFacts | undefined; readonly fault: string } {
  try {
    return { node: readNodeHome(home, env, false), fault: '' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { node: undefined, fault: error.message };
  }
}

function askGateway(
  paths: MemberPaths,
  node: LaunchFacts | undefined,
): Promise<AskedService<readonly Peer[]>> | AskedService<readonly Peer[]> {
  if (node?.transport === 'http-json')
    return notAsked('the members of this chain speak http-json: none runs');
  return asked(() => inTime(peersOfNode(paths)));
}

function askConfig({ home, configSocket: socket }: MemberPaths): Promise<AskedService<unknown>> {
  const service = { home, socket, definition: ConfigServiceDefinition, deadlineMs: CALL_MS };
  return asked(() => withServiceOf(service, (client) => client.getStatus({})));
}

/** A signer on a host of its own has no folder in this home. */
async function askSigner({
  genesis,
  signerFolder,
  adminSocket,
}: MemberPaths): Promise<AskedService<CustodyFacts>> {
  if (!existsSync(genesis)) return notAsked('it runs once the home has a chain');
  if (!existsSync(signerFolder)) return notAsked('its key is not kept in this home');
  return asked(() => withSignerAdmin(adminSocket, (admin) => inTime(admin.getCustody())));
}

function foldersOf({ home, consensusFolder, logsFolder }: MemberPaths): readonly NodeFolderFacts[] {
  return [[consensusFolder, 'the data'] as const, [logsFolder, 'the logs'] as const].map(([folder, of]) => {
    const path = existsSync(folder) ? folder : home;
    const { files, ffree } = statfsSync(path);
    return { ...diskFacts(path), of, inodesFree: files === 0 ? undefined : ffree, logBytesMax: 0 };
  });
}
