import type { PeerMessageBody, Transactions } from '#libs/engine/ports/peer-message.ts';
import type { SignatureMessage } from '#libs/engine/ports/signature-messages.ts';
import type { HostedProtocol, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import type { LineRates } from './lines.ts';
import type { WorkCosts } from './work-costs.ts';

/** The messages on the lines of the model: messages of the protocol, signatures that they lack, and the transaction that is to be decided. */
export type ModelledBody = ProtocolMessage | SignatureMessage | Transactions;

/** Whether the model has such messages. */
export function isModelled(body: PeerMessageBody): body is ModelledBody {
  return KINDS.has(body.kind);
}

const KINDS: ReadonlySet<string> = new Set<ModelledBody['kind']>([
  'protocol',
  'signatures-request',
  'signatures-response',
  'transactions',
]);

/** A message as it is said. */
export interface ModelledMessage {
  readonly body: ModelledBody;
  /** That of its certificates. */
  readonly form: MessageForm;
  readonly bytes: number;
}

/** Messages as bytes: their sizes, by the encoder of production. */
export interface ModelledSizes {
  bytesOf(body: ModelledBody, form: MessageForm): number;
  /** A message above it cannot be sent: production drops it, and says so in its log. */
  readonly messageBytesMax: number;
}

/** `own`: each member has a host of its own. `shared`: all members are on one host. */
export const HOSTS = ['own', 'shared'] as const;
export type Hosts = (typeof HOSTS)[number];

/** Everything that a run of the latency model depends on: the same again for the same setting. */
export interface LatencySetting {
  readonly protocol: HostedProtocol;
  readonly parameters: ParameterValues;
  readonly timing: ProtocolTiming;
  readonly members: number;
  /** Of each host. */
  readonly cores: number;
  readonly hosts: Hosts;
  readonly rates: LineRates;
  readonly costs: WorkCosts;
  readonly signatureBytes: number;
  readonly transactionBytes: number;
  readonly sizes: ModelledSizes;
  /** Names of the timers by which the protocol gives a view up. */
  readonly leaveTimers: readonly string[];
  readonly seed: number;
}
