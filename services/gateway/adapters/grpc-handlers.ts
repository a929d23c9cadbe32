import type {
  AttachRequest,
  AttachResponse,
  GetGatewayResponse,
  ListPeersResponse,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { Tracer } from '#libs/tracing/tracer.ts';
import type { Attachment, Attachments } from '../frames/attachments.ts';
import type { PeerRegistry } from '../peers/peer-registry.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import { sendTraced } from './traced-frames.ts';
import { chainFromWire, eventToWire, frameFromWire, muteFromWire, peerViewToWire } from './wire.ts';

export interface GatewayHandlerParts {
  readonly network: PeerNetwork;
  readonly registry: PeerRegistry;
  readonly attachments: Attachments;
  /** Left out: no spans. */
  readonly tracer?: Tracer | undefined;
}

/** The gateway's parts that serve the requests of consensus. */
type Performers = Pick<GatewayHandlerParts, 'registry' | 'attachments' | 'tracer'>;

/** The parts of a call's context that are used here. */
interface CallContext {
  readonly signal: AbortSignal;
}

/** Answers GatewayService. */
export function gatewayHandlers(parts: GatewayHandlerParts) {
  const { network, registry, attachments } = parts;
  return {
    attach: (requests: AsyncIterable<AttachRequest>, { signal }: CallContext) =>
      attach(requests, signal, parts),

    listPeers: async (): Promise<ListPeersResponse> => ({ peers: registry.views().map(peerViewToWire) }),

    getGateway: async (): Promise<GetGatewayResponse> => ({
      publicKey: network.publicKey,
      peerId: network.peerId,
      listenAddresses: [...network.listenAddresses()],
      connectedPeers: registry.connectedCount,
      droppedFrames: BigInt(registry.dropped + attachments.dropped),
    }),
  };
}

/** One attachment: requests are performed as they come, while events go the other way. */
async function* attach(
  requests: AsyncIterable<AttachRequest>,
  signal: AbortSignal,
  performers: Performers,
): AsyncGenerator<AttachResponse> {
  const { registry, attachments } = performers;
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  const chain = chainFromWire(first.done === true ? undefined : first.value);
  const attachment = attachments.attach(registry.readyKeys);
  const leave = (): void => attachments.detach(attachment);
  signal.addEventListener('abort', leave, { once: true });
  try {
    await registry.setChain(chain);
    void perform(iterator, performers, attachment).finally(leave);
    for await (const event of attachment.events()) yield eventToWire(event);
  } finally {
    signal.removeEventListener('abort', leave);
    leave();
  }
}

function performOne(request: AttachRequest, { registry, attachments, tracer }: Performers): void {
  const mute = muteFromWire(request);
  if (mute !== undefined) {
    registry.mute(mute.peer, mute.durationMs);
    return attachments.forget(mute.peer);
  }
  const frame = frameFromWire(request);
  if (frame !== undefined) return sendTraced(frame, registry, tracer);
  registry.refuseOwnFrame('request of our own consensus is unknown, it is dropped');
}

/** Performs the requests of consensus until it leaves; a broken stream is an end like any other. */
async function perform(
  requests: AsyncIterator<AttachRequest>,
  performers: Performers,
  attachment: Attachment,
): Promise<void> {
  try {
    for (;;) {
      const request = await requests.next();
      if (request.done === true || attachment.isOver) return;
      performOne(request.value, performers);
    }
  } catch {
    // The stream broke: consensus attaches again.
  }
}
