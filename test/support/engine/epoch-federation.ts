import { equalBytes } from '#libs/bytes/bytes.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { type Epoch, type MemberIndex, toHeight, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { AppendOnlyLog } from '#libs/engine/application/append-only-log.ts';
import { circleKeys } from '#libs/engine/membership/circle.ts';
import type { EpochFacts, MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { VoteVerifier } from '#libs/engine/membership/membership-desk.ts';
import { Node, readBook } from '#libs/engine/node.ts';
import type { ClaimVerifier, ClockPort } from '#libs/engine/ports/engine-ports.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { KINDS_OF_EVERY_EPOCH, type PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { Submission } from '#libs/engine/ports/submission.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { VOTE_BLOCKS_MAX } from '#libs/membership/limits.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { MemberRules } from '#libs/membership/policy.ts';
import type { MemberFacts } from '#libs/membership/roster.ts';
import { encodeMembershipVote, membershipSigningBytes } from '#libs/membership/vote.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import { type SigningScope, type Statement, signingBytes } from '#libs/protocol/statement.ts';
import { type Prng, prng } from '#libs/random/prng.ts';
import { foundingOf, memberOf, TEST_RULES } from '#test/support/chain/membership.ts';
import { MemoryEngineChain } from './memory-engine-chain.ts';
import { MemoryEvidence } from './memory-evidence.ts';
import { NO_SNAPSHOTS } from './no-snapshots.ts';

const LIMITS = { transactionsMax: 100, bytesMax: 100_000, transactionBytesMax: 10_000 };
const PROTOCOL = 'hotstuff';
const OF_ANOTHER_EPOCH = { ok: false, cause: 'wrong-epoch', detail: 'another epoch' } as const;

/** One life of a node: ends with a crash. The chain is its disk, and lasts. */
interface Life {
  readonly node: Node;
  readonly book: MembershipBook;
}

/** A node, member or not; its number is its key. */
export class EpochNode {
  readonly facts: MemberFacts;
  /** Keys in its peers.yaml: who was a member when it was set up. */
  readonly named: readonly Uint8Array[];
  readonly chain = new MemoryEngineChain();
  readonly evidence = new MemoryEvidence(() => this.chain.final);
  readonly refused: string[] = [];
  life: Life | undefined;

  /** The places by the key of the gateway, for each membership. */
  readonly places = new WeakMap<Membership, ReadonlyMap<string, MemberIndex>>();
  readonly key: string;

  constructor(number: number, named: readonly Uint8Array[]) {
    this.facts = memberOf(number);
    this.key = toHex(this.facts.gatewayPublicKey);
    this.named = named;
  }

  get book(): MembershipBook {
    if (this.life === undefined) throw new Error(`${this.facts.name} is down`);
    return this.life.book;
  }
}

export interface EpochFederationOptions {
  readonly members: number;
  readonly seed?: number;
  /** Part of the messages that are lost, from 0 to 1. */
  readonly loss?: number;
  /** Blocks of an epoch before its first vote. */
  readonly epochBlocksMin?: number;
}

/**
 * The engines of production over all epochs, in virtual time: messages take 1 to 20 ms, some are lost, nodes crash
 * and come back with their durable state. Messages find their way by the key of the gateway, as in production.
 */
export class EpochFederation {
  readonly nodes = new Map<string, EpochNode>();
  /**
   * The statement that each key signed for each slot; two different statements in one slot would be a double
   * signature.
   */
  readonly #signed = new Map<string, string>();
  readonly doubleSigned: string[] = [];
  readonly #random: Prng;
  readonly #founders: readonly MemberFacts[];
  readonly #rules: MemberRules;
  readonly #timers: { readonly atMs: number; readonly order: number; readonly fire: () => void }[] = [];
  loss: number;
  #order = 0;
  #nowMs = 0;
  #sinceMs: number | undefined;

  constructor({ members, seed = 1, loss = 0, epochBlocksMin = 1 }: EpochFederationOptions) {
    this.#rules = { ...TEST_RULES, epochBlocksMin };
    this.#random = prng(seed);
    this.loss = loss;
    this.#founders = Array.from({ length: members }, (_, number) => memberOf(number));
    for (let number = 0; number < members; number++) this.add(number);
  }

  /** A node that knows the genesis alone, or begins with the chain of another. */
  add(number: number, like?: EpochNode): EpochNode {
    const members = this.up.length === 0 ? [] : this.membership.roster;
    const node = new EpochNode(
      number,
      members.map(({ gatewayPublicKey }) => gatewayPublicKey),
    );
    if (like !== undefined) node.chain.copy(like.chain);
    this.nodes.set(node.facts.name, node);
    this.start(node);
    return node;
  }

  node(name: string): EpochNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`there is no ${name}`);
    return node;
  }

  get up(): readonly EpochNode[] {
    return [...this.nodes.values()].filter(({ life }) => life !== undefined);
  }

  /** The membership as the furthest member knows it. */
  get membership(): Membership {
    const [furthest] = this.up.toSorted((a, b) =>
      Number(b.chain.tip().header.height - a.chain.tip().header.height),
    );
    if (furthest === undefined) throw new Error('nobody is up');
    return furthest.book.current;
  }

  crash(node: EpochNode): void {
    node.life?.node.stop();
    node.life = undefined;
  }

  start(node: EpochNode): void {
    const { chain } = node;
    const founding = { ...foundingOf(chain.genesis.digest, this.#founders), rules: this.#rules };
    const book = readBook(founding, chain, chain.final.slice(1));
    const life: Life = this.#lifeOf(node, book);
    node.life = life;
    life.node.start();
    for (const other of this.up) {
      if (other !== node) this.#connect(node, other);
    }
  }

  /** A vote of a member for a change, given to it as by its operator. */
  vote(node: EpochNode, change: MembershipChange, answer?: Submission['answer']): void {
    const { set, root } = node.book.current;
    const member = set.members.find(({ name }) => name === node.facts.name)?.index;
    if (member === undefined) return;
    const goodUntil = toHeight(root.height + VOTE_BLOCKS_MAX);
    const message = membershipSigningBytes(PROTOCOL, { change, digest: changeDigest(change), goodUntil });
    const signature = signatureOf(node.facts, message);
    const transaction = transactionOf(encodeMembershipVote({ change, goodUntil, member, signature }));
    node.life?.node.submit(transaction, { ...(answer === undefined ? {} : { answer }) });
  }

  submit(node: EpochNode, text: string): void {
    node.life?.node.submit(transactionOf(Buffer.from(text)));
  }

  /** Lets time pass until something holds. @throws when it does not within `limitMs`. */
  until(what: string, holds: () => boolean, limitMs = 600_000): void {
    const endMs = this.#nowMs + limitMs;
    while (!holds()) {
      const next = this.#timers[0];
      if (next === undefined || next.atMs > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
      this.#timers.shift();
      this.#nowMs = next.atMs;
      next.fire();
    }
  }

  /** Where everybody is, for the message of a test that failed. */
  describe(): string {
    const lines = [...this.nodes.values()].map(({ facts, life, chain, refused }) => {
      const { header } = chain.tip();
      const state =
        life === undefined
          ? 'down'
          : `epoch ${life.book.current.epoch} view ${life.node.protocol().view} ${life.node.protocol().phase} waiting ${life.node.status().waiting}`;
      return `${facts.name} ${state} height ${header.height}: ${[...refused.filter((each) => each.startsWith('halted')), ...refused.slice(-3)].join('; ')}`;
    });
    const { roster, ballots, adopted, root } = this.membership;
    const voted = ballots.map(
      ({ voters, digest }) => `${digest.slice(0, 8)} by ${[...voters.keys()].join(' ')}`,
    );
    const names = roster.map(({ name }) => name).join(' ');
    return `\n${lines.join('\n')}\nmembers ${names} from ${root.height}; votes ${voted.join(', ')}; ends ${adopted?.lastHeight}`;
  }

  /** True once in a while, for `until`: so much time has passed since it was asked first. */
  isOver(durationMs: number): boolean {
    if (this.#sinceMs === undefined) this.#sinceMs = this.#nowMs;
    const isOver = this.#nowMs - this.#sinceMs >= durationMs;
    if (isOver) this.#sinceMs = undefined;
    return isOver;
  }

  pass(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    this.#at(durationMs, () => {});
    this.until('time passes', () => (this.#timers[0]?.atMs ?? endMs + 1) > endMs, durationMs);
  }

  #at(delayMs: number, fire: () => void): () => void {
    this.#order += 1;
    const timer = { atMs: this.#nowMs + Math.ceil(delayMs), order: this.#order, fire };
    const place = this.#timers.findIndex(({ atMs }) => atMs > timer.atMs);
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }

  #clockOf(isAlive: () => boolean): ClockPort {
    return {
      nowMs: () => this.#nowMs,
      after: (delayMs, fire) => this.#at(delayMs, () => (isAlive() ? fire() : undefined)),
    };
  }

  #connect(a: EpochNode, b: EpochNode): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const index = indexOf(one, other);
      if (index !== undefined && indexOf(other, one) !== undefined) one.life?.node.connected(index);
    }
  }

  #send(from: EpochNode, to: EpochNode, epoch: Epoch, body: PeerMessageBody): void {
    if (this.#random.chance(this.loss)) return;
    this.#at(this.#random.int(1, 20), () => {
      const index = to.life && indexOf(to, from);
      if (to.life === undefined || index === undefined) return;
      const isOfEpoch = to.life.node.epoch === epoch || KINDS_OF_EVERY_EPOCH.has(body.kind);
      to.life.node.hear(index, isOfEpoch ? { ok: true, body } : { ...OF_ANOTHER_EPOCH, epoch });
    });
  }

  #lifeOf(node: EpochNode, book: MembershipBook): Life {
    const isAlive = (): boolean => node.life === undefined || node.life.book === book;
    const clock = this.#clockOf(isAlive);
    const { chain, refused, evidence, facts } = node;
    const others = (): readonly EpochNode[] => this.up.filter((each) => each !== node);
    const peers = {
      connected: (): readonly MemberIndex[] => others().flatMap((other) => indexOf(node, other) ?? []),
      send: (
        to: MemberIndex | 'all',
        body: PeerMessageBody,
        epoch = node.life?.node.epoch ?? book.current.epoch,
      ): void => {
        for (const other of others()) {
          const index = indexOf(node, other);
          if (index !== undefined && (to === 'all' || to === index)) this.#send(node, other, epoch, body);
        }
      },
    };
    const timers = new Map<string, () => void>();
    const cancel = (name: string): void => timers.get(name)?.();
    const verifierOf = ({ epoch }: Pick<EpochFacts, 'epoch'>): ClaimVerifier & VoteVerifier => ({
      trust: () => {},
      verify: (claims, done) => {
        const scope = { chain: ZERO_DIGEST, protocol: PROTOCOL, epoch };
        const holds = ({ member, statement, signature }: Claim): boolean => {
          const signer = book.epoch(epoch)?.roster[member];
          const message = signingBytes(scope, statement);
          return signer !== undefined && equalBytes(signature, signatureOf(signer, message));
        };
        clock.after(1, () => done(claims.every(holds)));
      },
      verifyVotes: (votes, done) => {
        const ok = votes.every((vote) => {
          const signer = book.epoch(epoch)?.roster[vote.member];
          const message = membershipSigningBytes(PROTOCOL, vote);
          return signer !== undefined && equalBytes(vote.signature, signatureOf(signer, message));
        });
        clock.after(1, () => done(ok));
      },
    });
    const engine = new Node({
      name: facts.name,
      rules: {
        scope: { chain: ZERO_DIGEST, protocol: PROTOCOL },
        limits: LIMITS,
        timing: { viewTimeoutMs: 1_000, viewTimeoutMsMax: 16_000 },
        founders: 4,
        leaderOf: roundRobin,
      },
      book,
      record: chain.records.at(-1),
      chain,
      application: new AppendOnlyLog(chain),
      snapshots: NO_SNAPSHOTS,
      snapshotBlocks: undefined,
      evidence,
      peers,
      guests: node.named,
      meet: () => {},
      clock,
      steadyMs: () => this.#nowMs,
      joined: () => {},
      muted: (member) => refused.push(`muted ${member}`),
      enterEpoch: ({ epoch }) => ({
        timers: {
          set: (name, delayMs, fire) => {
            cancel(name);
            timers.set(name, clock.after(delayMs, fire));
          },
          cancel,
        },
        signer: {
          sign: (statement, _grounds, done) => {
            this.#note(facts, epoch, statement);
            const scope: SigningScope = { chain: ZERO_DIGEST, protocol: PROTOCOL, epoch };
            clock.after(1, () =>
              done({ kind: 'signed', signature: signatureOf(facts, signingBytes(scope, statement)) }),
            );
          },
        },
        verifierOf,
      }),
      final: new FinalChannel(),
      monitor: {
        viewEntered: () => {},
        refused: (_, cause, detail) => refused.push(`${cause} ${detail ?? ''}`),
        signatureRefused: (_, __, reason) => refused.push(reason),
        snapshotTaken: () => {},
        transactionWaits: () => {},
        transactionsFinal: () => {},
        evidenceFound: () => {},
        noticed: () => {},
        blockLost: () => {},
        checkFailed: (error) => refused.push(`check failed: ${error}`),
        evidenceConfirmed: () => {},
        evidenceUnconfirmed: () => {},
        halted: (reason) => refused.push(`halted: ${reason}`),
      },
    });
    return { node: engine, book };
  }

  #note({ name }: MemberFacts, epoch: Epoch, statement: Statement): void {
    const place = `${name} ${epoch} ${statement.kind} ${statement.view}`;
    const said = statement.kind === 'timeout' ? `${statement.highView}` : statement.digest;
    const known = this.#signed.get(place) ?? said;
    if (known !== said) this.doubleSigned.push(place);
    this.#signed.set(place, said);
  }
}

/** The place of another node in what a node knows; undefined for a stranger. */
function indexOf(node: EpochNode, other: EpochNode): MemberIndex | undefined {
  const { book } = node;
  let places = node.places.get(book.current);
  if (places === undefined) {
    const { epoch } = book.current;
    const before = epoch === 0n ? undefined : book.epoch((epoch - 1n) as Epoch);
    const keys = circleKeys(book.current, before, node.named);
    places = new Map(keys.map((key, index) => [toHex(key), toMemberIndex(index)]));
    node.places.set(book.current, places);
  }
  return places.get(other.key);
}

/** Anyone can make it, and only the member does. */
export function signatureOf({ publicKey }: Pick<MemberFacts, 'publicKey'>, message: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([publicKey, message]));
}
