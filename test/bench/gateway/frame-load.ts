import { setTimeout as sleep } from 'node:timers/promises';
import type { AttachedEnd } from './attached-end.ts';
import type { GatewayPath } from './gateway-path.ts';

/** Frames of one size. */
export interface Load {
  readonly frameBytes: number;
  readonly frames: number;
}

/** Gateways slow a peer down above 1000 frames a second. */
const FRAMES_PER_SECOND = 900;
/** A view's proposals and votes; below the bytes that a gateway keeps of a peer before it lets the peer wait. */
const UNDER_WAY_BYTES_MAX = 8 * 1024 * 1024;
const UNDER_WAY_FRAMES_MAX = 64;

/** Sends frames over a path, some of them under way at a time, until the last has arrived. */
export async function sendLoad({ sender, receiver }: GatewayPath, load: Load): Promise<void> {
  const { frameBytes, frames } = load;
  const startMs = performance.now();
  const first = receiver.receivedFrames;
  const payload = Buffer.alloc(frameBytes, 'btcfed');
  const arrived = (): number => receiver.receivedFrames - first;
  for (let sent = 0; sent < frames; sent++) {
    const aheadMs = startMs + (1000 * sent) / FRAMES_PER_SECOND - performance.now();
    if (aheadMs > 1) await sleep(aheadMs);
    await arrivals(receiver, () => mayGoOn(sent - arrived(), frameBytes));
    if (!sender.send(payload)) await sender.writable();
  }
  await arrivals(receiver, () => arrived() === frames);
}

function mayGoOn(underWay: number, frameBytes: number): boolean {
  if (underWay === 0) return true;
  return underWay < UNDER_WAY_FRAMES_MAX && (underWay + 1) * frameBytes <= UNDER_WAY_BYTES_MAX;
}

/** Waits for frames that arrive, until `areEnough`. */
async function arrivals(receiver: AttachedEnd, areEnough: () => boolean): Promise<void> {
  while (!areEnough()) {
    const next = Promise.withResolvers<void>();
    receiver.onFrame = () => next.resolve();
    await next.promise;
  }
}
