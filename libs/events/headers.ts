import { randomUUID } from 'node:crypto';
import type { Signal } from './bus.ts';

/** The publisher: two tokens of every subject. */
export interface Origin {
  readonly network: string;
  readonly member: string;
}

/** Header by which JetStream and readers know a fact that comes twice. */
const ID_HEADER = 'Nats-Msg-Id';

/**
 * Headers of an event: CloudEvents 1.0 in binary mode, as the NATS binding has it (`ce-` before each attribute), and
 * our trace id. Values are ours or checked by their makers, never text of a stranger.
 */
export function eventHeaders(
  event: Signal & { readonly id?: string },
  { network, member }: Origin,
  now: Date,
): Readonly<Record<string, string>> {
  const id = event.id ?? randomUUID();
  return {
    [ID_HEADER]: id,
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': `/btcfed/${network}/members/${member}/${event.service}`,
    'ce-type': `org.vtcp.btcfed.${event.service}.${event.noun}.${event.event}.v1`,
    'ce-time': now.toISOString(),
    'ce-datacontenttype': 'application/protobuf',
    ...(event.about === undefined ? {} : { 'ce-subject': event.about }),
    ...(event.traceId === undefined ? {} : { 'btcfed-trace-id': event.traceId }),
  };
}
