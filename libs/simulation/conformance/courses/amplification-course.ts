import { type MemberIndex, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import type { CaseFailure, Course } from '../words/course.ts';
import { CalmChain } from './calm-chain.ts';

const MEMBERS = 4;
const [HEARER, HOSTILE] = [toMemberIndex(0), toMemberIndex(3)];
const DECISIONS = 12;
const SECOND_MS = 1_000;

/** How often a message is sent at once, and how many messages a node then sends at most to its sender and to each of the others. */
const WAYS = [
  // An answer, and what the node tells or asks because of it.
  { copies: 1, toSender: 3, toEachOther: 1 },
  // Members answer some of each kind within a second.
  { copies: 300, toSender: 100, toEachOther: 100 },
] as const;

type Way = (typeof WAYS)[number];
const ASKING_BY_HASH = ['waiting', 'transactions-request', 'bodies-request'] as const;

/** To each message that is answered a node sends at most so many times the bytes of all blocks that it holds. */
const CHAINS_MAX = 2;

/**
 * C16: one message of a hostile member, of each kind and asking for all that there is, makes a node at rest send no more than a few
 * messages and no more bytes than twice its chain; and the same message hundreds of times at once a bounded number. Counted at
 * the ports of the node. New transactions are left out: to decide them is what they are given for, and C20 counts it.
 */
export const AMPLIFICATION: Course = {
  name: 'amplification',
  judges: ['C16'],
  open: ({ subject }) => ({
    parts: WAYS.length,
    run: (part) => {
      const way = WAYS[part] ?? WAYS[0];
      const hostility = new Hostility(subject);
      const faults = hostility.kinds().flatMap((body) => hostility.faultsOf(body, way));
      const name = `each message ${way.copies} times`;
      const failures = faults.map((text): CaseFailure => ({ case: 'C16', kind: 'other', name, text }));
      const { tried, answers, timesBytes } = hostility;
      return { runs: tried, failures, figures: [{ case: 'C16', name, figures: { answers, timesBytes } }] };
    },
  }),
};

interface Sent {
  readonly to: MemberIndex | 'all';
  readonly body: PeerMessageBody;
  readonly form: MessageForm;
}

/** A chain at rest, one of whose members says to another what it likes. */
class Hostility {
  readonly #subject: HostedSubject;
  readonly #chain: CalmChain;
  readonly #seen = new Map<string, PeerMessageBody>();
  #sent: Sent[] = [];
  #hostile: PeerPort | undefined;
  tried = 0;
  /** The most messages to the sender, and the most bytes to it for each of its own. */
  answers = 0;
  timesBytes = 0;

  constructor(subject: HostedSubject) {
    this.#subject = subject;
    this.#chain = new CalmChain(subject, MEMBERS, { fit: (ports, node) => this.#fit(ports, node) });
    for (let at = 0; at < DECISIONS; at++) this.#chain.decide(`payment ${at}`);
    this.#chain.pass(SECOND_MS);
  }

  /** The last message of each step and kind that was sent, and whatever may be asked for. */
  kinds(): readonly PeerMessageBody[] {
    return [...this.#seen.values(), ...requests(this.#chain)];
  }

  /** The excess in the answers to some copies of a message. */
  faultsOf(body: PeerMessageBody, { copies, toSender, toEachOther }: Way): readonly string[] {
    this.tried += 1;
    this.#sent = [];
    // Budgets are of seconds: all copies come within one.
    this.#chain.pass(SECOND_MS - (this.#chain.nowMs % SECOND_MS));
    for (let left = copies; left > 0; left--) this.#hostile?.send(HEARER, body);
    this.#chain.pass(SECOND_MS / 2);
    const what = `${copies} of ${body.kind}`;
    const counted = Array.from({ length: MEMBERS }, (_, member) => this.#to(toMemberIndex(member)).length);
    const tooMany = counted.flatMap((count, member) => {
      const max = member === HOSTILE ? toSender : toEachOther;
      const who = member === HOSTILE ? 'their sender' : `member ${member}`;
      return count > max ? [`${what}: a node sends ${count} messages to ${who}, not ${max}`] : [];
    });
    const answers = counted[HOSTILE] ?? 0;
    const bytes = this.#to(HOSTILE).reduce((sum, each) => sum + this.#bytesOf(each.body, each.form), 0);
    this.answers = Math.max(this.answers, answers);
    this.timesBytes = Math.max(this.timesBytes, bytes / copies / this.#bytesOf(body));
    const bytesMax = CHAINS_MAX * this.#chainBytes * Math.min(copies, answers);
    const tooLarge =
      bytes > bytesMax ? [`${what}: a node sends ${bytes} bytes to their sender, not ${bytesMax}`] : [];
    return [...tooMany, ...tooLarge];
  }

  #fit(ports: NodePorts, node: MemberIndex): NodePorts {
    const { peers } = ports;
    if (node === HOSTILE) this.#hostile = peers;
    const send: PeerPort['send'] = (to, body, epoch, form = 'whole') => {
      this.#seen.set(body.kind === 'protocol' ? this.#subject.step(body).phase : body.kind, body);
      if (node === HEARER) this.#sent.push({ to, body, form });
      peers.send(to, body, epoch, form);
    };
    return { ...ports, peers: { connected: () => peers.connected(), send } };
  }

  #to(member: MemberIndex): readonly Sent[] {
    return this.#sent.filter(({ to }) => to === member || to === 'all');
  }

  get #chainBytes(): number {
    const { chain } = this.#chain.life(HEARER);
    const { height } = chain.tip().header;
    const blocks = Array.from({ length: Number(height) }, (_, at) => chain.blockAt(toHeight(BigInt(at + 1))));
    const held = blocks.filter((block) => block !== undefined);
    return held.reduce((sum, block) => sum + this.#bytesOf({ kind: 'block-response', block }), 0);
  }

  #bytesOf(body: PeerMessageBody, form?: MessageForm): number {
    return this.#subject.nodes.codec.encodeBody(body, form).length;
  }
}

/** Requests beside the protocol, each for as much as there is; and messages that make a node ask back. */
function requests(calm: CalmChain): readonly PeerMessageBody[] {
  const { node, chain } = calm.life(HEARER);
  const { digest, header } = chain.tip();
  const { height } = header;
  const requestId = 900_000n;
  const { hash } = transactionOf(new TextEncoder().encode('unknown'));
  return [
    { kind: 'blocks-request', requestId, from: toHeight(1n), to: toHeight(height + 1_000n) },
    { kind: 'block-request', digest },
    { kind: 'snapshot-request', requestId, height },
    { kind: 'chunk-request', requestId, height, number: 0 },
    ...ASKING_BY_HASH.map((kind) => ({ kind, hashes: [hash] })),
    { kind: 'whereabouts', ...node.protocol().position, height: toHeight(0n), asks: true },
  ];
}
