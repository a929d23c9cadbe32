import type { Handlers } from '#libs/grpc/service.ts';
import type {
  ConfigServiceDefinition,
  GetPeerRequest,
  GetPeerResponse,
  ParticipateRequest,
  ParticipateResponse,
  UpdatePeersRequest,
  UpdatePeersResponse,
  WatchConfigurationResponse,
} from '#libs/proto/btcfed/config/v1/config_service.ts';
import type { SettledService } from '#libs/settings/key-table.ts';
import type { ConfigurationKeeper } from '../configuration-keeper.ts';
import { RequestError } from '../core/errors.ts';
import { UPDATE_PEERS_MAX } from '../limits.ts';
import { ParticipantSession } from './participant-session.ts';
import { seenFromWire } from './seen-from-wire.ts';
import { peerEntryToWire, reportToWire, statusToWire, toWire } from './wire.ts';

/** Names of remote participants. The config service itself takes part without a stream. */
const REMOTE: readonly SettledService[] = ['signer', 'gateway', 'consensus'];

/** The rpcs of btcfed.config.v1.ConfigService. */
export function configHandlers(keeper: ConfigurationKeeper): Handlers<ConfigServiceDefinition> {
  return {
    getConfiguration: async () => ({ configuration: toWire(keeper.current) }),
    watchConfiguration: (_, { signal }) => watch(keeper, signal),
    getIdentity: async () => ({ privateKey: keeper.current.node.identity.secretBytes() }),
    participate: (requests, { signal }) => participate(keeper, requests, signal),
    reload: async () => ({ report: reportToWire(await keeper.reload('request')) }),
    getStatus: async () => statusToWire(keeper.status()),
    updatePeers: (request) => updatePeers(keeper, request),
    getPeer: async (request) => getPeer(keeper, request),
  };
}

async function* watch(
  keeper: ConfigurationKeeper,
  signal: AbortSignal,
): AsyncGenerator<WatchConfigurationResponse> {
  for await (const configuration of keeper.watch(signal)) yield { configuration: toWire(configuration) };
}

async function* participate(
  keeper: ConfigurationKeeper,
  requests: AsyncIterable<ParticipateRequest>,
  signal: AbortSignal,
): AsyncGenerator<ParticipateResponse> {
  const incoming = requests[Symbol.asyncIterator]();
  const session = new ParticipantSession(introduced((await incoming.next()).value));
  await keeper.join(session, (configuration) => session.welcome(configuration));
  void answers(incoming, session);
  try {
    yield* session.steps(signal);
  } finally {
    keeper.leave(session);
  }
}

function introduced(request: ParticipateRequest | undefined): SettledService {
  const name = request?.message?.$case === 'introduction' ? request.message.value.service : '';
  const service = REMOTE.find((own) => own === name);
  if (service !== undefined) return service;
  throw invalid(`the first message must introduce one of: ${REMOTE.join(', ')}`);
}

async function answers(
  incoming: AsyncIterator<ParticipateRequest>,
  session: ParticipantSession,
): Promise<void> {
  try {
    for (;;) {
      const { value, done } = await incoming.next();
      if (done === true) break;
      session.answer(value);
    }
  } catch {
    // The stream broke, which ends the session as its orderly end does.
  }
  session.end();
}

async function updatePeers(
  keeper: ConfigurationKeeper,
  { seen, removedPublicKeys }: UpdatePeersRequest,
): Promise<UpdatePeersResponse> {
  if (seen.length > UPDATE_PEERS_MAX || removedPublicKeys.length > UPDATE_PEERS_MAX) {
    throw invalid(`at most ${UPDATE_PEERS_MAX} peers in one request`);
  }
  const { entries, rejected } = seenFromWire(seen);
  const removed = removedPublicKeys.map((key) => key.slice());
  const updated = await keeper.updatePeers({ seen: entries.map(({ entry }) => entry), removed });
  const full = updated.rejected.map(({ index, reason }) => ({ index: entries[index]?.index ?? 0, reason }));
  return { rejected: [...rejected, ...full], peerCount: keeper.current.peers.peers.length };
}

function getPeer(keeper: ConfigurationKeeper, { publicKey }: GetPeerRequest): GetPeerResponse {
  const peer = keeper.peer(publicKey);
  if (peer !== undefined) return { peer: peerEntryToWire(peer) };
  throw new RequestError('no peer with this key', { code: 'CONFIG_PEER_UNKNOWN' });
}

function invalid(message: string): RequestError {
  return new RequestError(message, { code: 'CONFIG_REQUEST_INVALID' });
}
