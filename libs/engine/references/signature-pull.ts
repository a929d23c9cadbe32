import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { claimsOfGiven, statementText, type WantedSignatures } from '#libs/protocol/named-signatures.ts';
import type { ClaimVerifier, ClockPort, EngineMonitor, PeerPort } from '../ports/engine-ports.ts';
import type { SignaturesResponse } from '../ports/signature-messages.ts';
import type { TellerRests } from '../timing/teller-rests.ts';
import type { IncompleteMessages, WaitingMessage } from './incomplete-messages.ts';
import { ASKED_FOR_ONE_MAX, SIGNATURES_ANSWER_MS } from './reference-limits.ts';

/** Why a message was dropped that named signatures which its sender did not give. */
const NOT_GIVEN = 'certificate by reference, whose signatures were not given';
const UNASKED = 'signatures that were not asked for';

export interface SignaturePullOptions {
  readonly peers: Pick<PeerPort, 'send'>;
  readonly clock: ClockPort;
  /** Keeps what holds in the pool that `messages` looks into. */
  readonly verifier: ClaimVerifier;
  readonly monitor: Pick<EngineMonitor, 'refused'>;
  readonly messages: IncompleteMessages;
  readonly rests: TellerRests;
}

/** A request to one member. */
interface Flight {
  /** By the text of their statement and the member. */
  readonly asked: ReadonlySet<string>;
  cancel: () => void;
}

/**
 * Asks for the signatures that messages name and this member lacks: their sender, who claims to have them. Nothing is believed:
 * each signature is verified on the account of its giver before it completes anything. A member that gives none, or a false one,
 * loses its own messages, and nobody else's; for a while none of its incomplete messages is waited for.
 */
export class SignaturePull {
  readonly #options: SignaturePullOptions;
  readonly #flights = new Map<MemberIndex, Flight>();

  constructor(options: SignaturePullOptions) {
    this.#options = options;
  }

  stop(): void {
    for (const { cancel } of this.#flights.values()) cancel();
    this.#flights.clear();
    this.#options.messages.clear();
    this.#options.rests.stop();
  }

  /** A message came that cannot be read without signatures. */
  wait(waiting: WaitingMessage): void {
    const { messages, rests } = this.#options;
    if (rests.rests(waiting.from) || !messages.add(waiting)) return this.#drop([waiting]);
    this.#ask(waiting.from);
  }

  /** A member answers. What it gives counts once it is verified. */
  arrived({ given }: SignaturesResponse, from: MemberIndex): void {
    const flight = this.#flights.get(from);
    if (flight === undefined) return this.#options.monitor.refused(from, 'stale', UNASKED);
    flight.cancel();
    const claims = given.flatMap(claimsOfGiven).filter((claim) => flight.asked.has(nameOf(claim)));
    if (claims.length === 0) return this.#failed(from);
    this.#options.verifier.verify(
      claims,
      (ok) => {
        if (this.#flights.get(from) !== flight) return;
        if (ok) this.#delivered(from);
        else this.#failed(from);
      },
      from,
    );
  }

  #ask(from: MemberIndex): void {
    if (this.#flights.has(from)) return;
    const { peers, clock, messages } = this.#options;
    const wanted = messages.wantedOf(from).flatMap((each) => this.#mayAsk(each));
    if (wanted.length === 0) return;
    const asked = new Set(
      wanted.flatMap(({ statement, members }) => members.map((member) => nameOf({ statement, member }))),
    );
    this.#flights.set(from, { asked, cancel: clock.after(SIGNATURES_ANSWER_MS, () => this.#failed(from)) });
    peers.send(from, { kind: 'signatures-request', wanted });
  }

  /** Those for which few enough are asked already. */
  #mayAsk({ statement, members }: WantedSignatures): readonly WantedSignatures[] {
    const flights = [...this.#flights.values()];
    const free = members.filter((member) => {
      const name = nameOf({ statement, member });
      return flights.filter(({ asked }) => asked.has(name)).length < ASKED_FOR_ONE_MAX;
    });
    return free.length === 0 ? [] : [{ statement, members: free }];
  }

  #delivered(from: MemberIndex): void {
    this.#flights.delete(from);
    this.#options.rests.delivered(from);
    this.#goOn();
  }

  #failed(from: MemberIndex): void {
    const { messages, rests } = this.#options;
    this.#flights.get(from)?.cancel();
    this.#flights.delete(from);
    rests.failed(from);
    this.#drop(messages.takeOf(from));
    this.#goOn();
  }

  /** Hears what is complete by now, and asks for what is not. */
  #goOn(): void {
    const { messages } = this.#options;
    for (const { message } of messages.takeComplete()) message.hear(message.again());
    for (const sender of messages.senders) this.#ask(sender);
  }

  #drop(dropped: readonly WaitingMessage[]): void {
    for (const { from } of dropped) this.#options.monitor.refused(from, 'unresolved', NOT_GIVEN);
  }
}

function nameOf({ statement, member }: Pick<Claim, 'statement' | 'member'>): string {
  return `${member} ${statementText(statement)}`;
}
