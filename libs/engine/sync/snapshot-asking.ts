import type { ChunkFlight } from './chunk-flights.ts';
import type { SnapshotAssembly } from './snapshot-assembly.ts';
import { CHUNKS_AHEAD_MAX } from './snapshot-limits.ts';
import type { SnapshotRequests } from './snapshot-requests.ts';
import { REQUESTS_PER_PEER_MAX } from './sync-limits.ts';
import type { TurnQueue } from './turn-queue.ts';

interface SnapshotParts {
  readonly assembly: SnapshotAssembly;
  readonly requests: SnapshotRequests;
  readonly turns: TurnQueue;
}

/**
 * Asks for all that may be asked for now: an offer of anybody, then the chunks that prove it of the peer that made it, then
 * the other chunks of all.
 */
export function askForParts(parts: SnapshotParts): void {
  const { assembly, requests } = parts;
  const { target, missing, offer } = assembly;
  if (target === undefined) return;
  if (missing !== undefined) return askForMissing(parts, missing);
  const isAsked = askedIn(parts);
  if (offer === undefined) {
    if (!isAsked('outline')) requests.ask(requests.others(), 'outline', target.height);
    return;
  }
  const ahead = offer.open.slice(0, REQUESTS_PER_PEER_MAX).filter((number) => !isAsked(number));
  for (const number of ahead) requests.ask([offer.peer], number, target.height);
}

function askForMissing(parts: SnapshotParts, missing: Iterable<number>): void {
  const { assembly, requests, turns } = parts;
  const isAsked = askedIn(parts);
  for (const number of missing) {
    if (assembly.target === undefined || requests.size + turns.size >= CHUNKS_AHEAD_MAX) return;
    if (!isAsked(number) && !requests.ask(requests.others(), number, assembly.target.height)) return;
  }
}

/** Whether a part is on its way, or came and waits to be verified. */
function askedIn({ requests, turns }: SnapshotParts): (part: ChunkFlight['part']) => boolean {
  return (part) => (part !== 'outline' && turns.hasChunk(part)) || requests.isAsked(part);
}
