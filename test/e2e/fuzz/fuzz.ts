import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { GatewayServiceDefinition } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { PROTOCOL_IDS } from '#services/gateway/adapters/protocol-id.ts';
import { readConfiguration } from '#services/launcher/adapters/read-home.ts';
import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import { LocalMembers, type RunningMember } from '#test/support/federation/local-members.ts';
import { sampleProcess } from '#test/support/programs/process-sample.ts';
import { fuzzGrpc } from './fuzz-grpc.ts';
import { fuzzLibp2p, type Libp2pFuzzOutcome } from './fuzz-libp2p.ts';

export interface FuzzPlan {
  readonly seed: number;
  /** Calls of each gRPC method, and streams of each protocol, a round. */
  readonly perTarget: number;
  readonly rounds: number;
}

export interface FuzzOutcome {
  readonly seed: number;
  readonly rounds: number;
  readonly streams: number;
  readonly refusals: number;
  /** Lines that the attacked member logged for each attempt. */
  readonly logLinesPerAttempt: number;
  /** Growth of the service that grew most, MiB. */
  readonly grownMib: number;
  readonly faults: readonly string[];
}

const VICTIM = 0;
const IMPOSTOR = 3;
const FINAL_MS = 300_000;

/** One line for each attempt, with room for those of the connections. */
const LOG_LINES_PER_ATTEMPT_MAX = 4;

/** More than a garbage collector may leave uncollected, and less than a leak of one buffer for each attempt. */
const GROWN_MIB_MAX = 96;

/** The protocols that every libp2p host speaks beside ours, and one that nobody speaks. */
const FOREIGN_PROTOCOLS = ['/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0', '/nobody/1.0.0'];

/**
 * Sends nonsense to every door of one member of a running federation, as a stranger and with the key of another
 * member, while the others go on: nothing may crash, grow, or stop it from agreeing.
 */
export async function fuzzFederation({ seed, perTarget, rounds }: FuzzPlan): Promise<FuzzOutcome> {
  await using federation = await LocalMembers.start({ members: 4 });
  const victim = federation.members[VICTIM]!;
  const impostor = federation.members[IMPOSTOR]!;
  await makeFinal(victim, `before ${seed}`);
  await federation.stop(IMPOSTOR, 'gateway');
  const before = pidsOf(federation);
  const memory = memoryOf(federation);
  const linesBefore = logLines(victim);
  const faults: string[] = [];
  const sums = { streams: 0, refusals: 0, calls: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const at = { seed: seed + round, perTarget };
    faults.push(...(await fuzzServices(victim, at)));
    for (const key of [randomKey(seed + round), keyOf(impostor)]) {
      const { streams, refusals } = await fuzzGateway(victim, { ...at, key });
      sums.streams += streams;
      sums.refusals += refusals;
    }
    await makeFinal(victim, `round ${round} of ${seed}`);
  }
  const after = pidsOf(federation);
  for (const [name, pid] of before) if (after.get(name) !== pid) faults.push(`${name} ended`);
  const grownMib = Math.max(...memoryOf(federation).map((mib, index) => mib - (memory[index] ?? 0)));
  if (grownMib > GROWN_MIB_MAX) faults.push(`a service grew by ${Math.round(grownMib)} MiB`);
  const logLinesPerAttempt = (logLines(victim) - linesBefore) / (sums.streams + sums.refusals);
  if (logLinesPerAttempt > LOG_LINES_PER_ATTEMPT_MAX)
    faults.push(`${logLinesPerAttempt} log lines an attempt`);
  const { streams, refusals } = sums;
  return { seed, rounds, streams, refusals, logLinesPerAttempt, grownMib, faults };
}

interface Round {
  readonly seed: number;
  readonly perTarget: number;
}

async function fuzzServices(
  { facts }: RunningMember,
  { seed, perTarget }: Round,
): Promise<readonly string[]> {
  const targets = [
    { address: `unix:${facts.paths.configSocket}`, service: ConfigServiceDefinition },
    { address: `unix:${facts.paths.gatewaySocket}`, service: GatewayServiceDefinition },
    { address: facts.clientAddress, service: ConsensusServiceDefinition },
  ];
  const faults = await Promise.all(
    targets.map((target) => fuzzGrpc({ ...target, seed, perMethod: perTarget })),
  );
  return faults.flat();
}

/** Opens streams of all protocols at a gateway with this key of libp2p, and sends what no member sends. */
export function fuzzGateway(
  { facts }: RunningMember,
  { seed, perTarget, key }: Round & { readonly key: Uint8Array },
): Promise<Libp2pFuzzOutcome> {
  const { networkAddresses, identity } = readConfiguration(facts.paths.conf);
  return fuzzLibp2p({
    address: `${networkAddresses[0]}/p2p/${identity.peerId}`,
    seedOfKey: key,
    protocols: [...Object.values(PROTOCOL_IDS).flat(), ...FOREIGN_PROTOCOLS],
    seed,
    perProtocol: perTarget,
    honest: Buffer.from('0a0201020a0208011a0401020304', 'hex'),
  });
}

function randomKey(seed: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => (seed * 31 + index * 7) % 256);
}

/** The seed of its gateway's key. */
export function keyOf({ facts }: RunningMember): Uint8Array {
  return readConfiguration(facts.paths.conf).identity.secretBytes().subarray(0, 32);
}

async function makeFinal({ client }: RunningMember, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

function logLines({ facts }: RunningMember): number {
  return readFileSync(join(facts.paths.logsFolder, 'btc-federation.log'), 'utf8').split('\n').length;
}

/** Pids of every service but the stopped gateway. */
function pidsOf(federation: LocalMembers): ReadonlyMap<string, number | undefined> {
  const all = federation.members.flatMap(({ facts }, member) =>
    SERVICE_NAMES.map((service) => [`${facts.name} ${service}`, federation.pidOf(member, service)] as const),
  );
  return new Map(all.filter(([name]) => name !== `m${IMPOSTOR} gateway`));
}

/** Memory of the attacked member's services, MiB. */
function memoryOf(federation: LocalMembers): readonly number[] {
  return SERVICE_NAMES.map((service) => {
    const pid = federation.pidOf(VICTIM, service);
    return pid === undefined ? 0 : (sampleProcess(pid)?.rssMib ?? 0);
  });
}
