import type { HeardFinding } from '#libs/diagnosis/finding.ts';
import type { MemberTarget } from '#services/launcher/adapters/member-client.ts';
import type { HomeEnvironment } from '#services/launcher/adapters/read-home.ts';
import type { LocalStanding, OutsideFacts, SeenPeer } from '../../core/diagnosis/outside-facts.ts';
import { diagnoseOutside } from '../../core/diagnosis/outside-rules.ts';
import { askConsensus, type ToldByConsensus } from './ask-consensus.ts';
import { askHome, type HomeFacts } from './ask-home.ts';
import { localStandingOf } from './ask-standing.ts';
import { type AskedService, notAsked } from './asked-service.ts';
import { namedPeers } from './named-peers.ts';

/** All that was found out about a member. */
export interface Testimony {
  /** Name of the member, or where it was looked for. */
  readonly member: string;
  readonly told: ToldByConsensus | undefined;
  readonly services: OutsideFacts['services'];
  readonly findings: readonly HeardFinding[];
  readonly peers: readonly SeenPeer[] | undefined;
  readonly standing: LocalStanding | undefined;
}

/** The facts known of a member whose home is on another host. */
const NOTHING_KNOWN: Omit<OutsideFacts, 'member' | 'services'> = {
  settingsFault: '',
  hasChain: true,
  custody: undefined,
  certificates: [],
  folders: [],
  peers: undefined,
  standing: undefined,
  nowMs: 0,
};

/** Asks the consensus service of a member at an address, which is all that is known of it. */
export async function testimonyAt(target: MemberTarget): Promise<Testimony> {
  const consensus = await askConsensus(target);
  const { answer: unknown } = notAsked('its place is in the home of the member');
  const services = { config: unknown, signer: unknown, gateway: unknown, consensus: consensus.answer };
  return joined(consensus, { ...NOTHING_KNOWN, member: target.address, services });
}

/** Asks all services of the node of a home. @param target - How its consensus is reached; called once its settings are known to be sound. */
export async function testimonyOfHome(
  home: string,
  env: HomeEnvironment,
  target: () => MemberTarget,
): Promise<Testimony> {
  const { gatewayPeers, node, ...facts } = await askHome(home, env);
  const [consensus, standing] = await Promise.all([
    askOwnConsensus({ node, hasChain: facts.hasChain }, target),
    node === undefined ? undefined : localStandingOf(home, node.clientAddress),
  ]);
  const services = { ...facts.services, consensus: consensus.answer };
  const peers = gatewayPeers && namedPeers(gatewayPeers, consensus.told?.roster, node);
  return joined(consensus, { ...facts, services, peers, standing });
}

async function askOwnConsensus(
  { node, hasChain }: Pick<HomeFacts, 'node' | 'hasChain'>,
  target: () => MemberTarget,
): Promise<AskedService<ToldByConsensus>> {
  if (node === undefined) return notAsked('its address is in the settings, which are refused');
  return hasChain ? askConsensus(target()) : notAsked('it runs once the home has a chain');
}

function joined({ told }: AskedService<ToldByConsensus>, outside: OutsideFacts): Testimony {
  const { member, services, peers, standing } = outside;
  const findings = [...(told?.diagnosis.findings ?? []), ...diagnoseOutside(outside)];
  return { member: told?.diagnosis.member ?? member, told, services, findings, peers, standing };
}
