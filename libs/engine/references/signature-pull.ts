import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { claimsOfGiven } from '#libs/protocol/named-signatures.ts';
import type { ClaimVerifier, ClockPort, EngineMonitor, PeerPort } from '../ports/engine-ports.ts';
import type { SignaturesResponse } from '../ports/signature-messages.ts';
import type { TellerRests } from '../timing/teller-rests.ts';
import type { IncompleteMessages, WaitingMessage } from './incomplete-messages.ts';
import type { LateChecks } from './late-checks.ts';
import { SignatureFlights } from './signature-flights.ts';

/** Why a message was dropped that named signatures which its sender did not give. */
const NOT_GIVEN = 'certificate by reference, whose signatures were not given';
const UNASKED = 'signatures that were not asked for, or come late';
const UNHANDLED = 'it could not be handled';

export interface SignaturePullOptions {
  readonly peers: Pick<PeerPort, 'send'>;
  readonly clock: ClockPort;
  /** Keeps nothing: pulled signatures complete the messages of its giver alone. */
  readonly verifier: ClaimVerifier;
  readonly late: LateChecks;
  readonly monitor: Pick<EngineMonitor, 'refused'>;
  readonly messages: IncompleteMessages;
  readonly rests: TellerRests;
}

/**
 * Asks for the signatures that messages name, and that this member lacks and nobody sent it: their sender, who claims to have them. Nothing is believed:
 * each signature is verified on the account of its giver before it completes anything, and it completes messages of the giver
 * alone. A few are asked at a time, in turn. A member that gives a false signature, or less than it named and less than a part, loses its own messages,
 * and for a while none of them is waited for.
 */
export class SignaturePull {
  readonly #options: SignaturePullOptions;
  readonly #flights: SignatureFlights;

  constructor(options: SignaturePullOptions) {
    this.#options = options;
    this.#flights = new SignatureFlights(options.clock);
  }

  stop(): void {
    this.#flights.clear();
    this.#options.messages.clear();
    this.#options.rests.stop();
  }

  /** A message came that cannot be read without signatures. */
  wait(waiting: WaitingMessage): void {
    const { messages, rests, late } = this.#options;
    if (rests.rests(waiting.from)) return this.#dropped(waiting.from);
    for (let gone = messages.add(waiting); gone > 0; gone--) this.#dropped(waiting.from);
    this.#makeRoom();
    late.check(waiting, () => {
      this.#hearComplete(waiting.from);
      this.#askNext();
    });
    this.#askNext();
  }

  /** A member answers. The signatures it gives count once they are verified. */
  arrived({ given }: SignaturesResponse, from: MemberIndex): void {
    const flight = this.#flights.of(from);
    if (flight === undefined) return this.#options.monitor.refused(from, 'unresolved', UNASKED);
    this.#flights.stopWaiting(from);
    const claims = flight.answered(given.flatMap(claimsOfGiven));
    if (!flight.isFair(claims)) return this.#failed(from);
    this.#options.verifier.verify(
      claims,
      (ok, cause) => {
        if (this.#flights.of(from) !== flight) return;
        if (ok) this.#delivered(from, claims);
        else if (cause === 'overloaded') this.#later(from);
        else this.#failed(from);
      },
      from,
    );
  }

  /** Asks as many as may be asked at a time. Messages that were completed by other means meanwhile are heard. */
  #askNext(): void {
    const { messages, late } = this.#options;
    for (const from of messages.senders) {
      if (this.#flights.isFull) return;
      if (this.#flights.has(from) || late.isBusyFor(from)) continue;
      this.#hearComplete(from);
      this.#ask(from);
    }
  }

  #ask(from: MemberIndex): void {
    const { peers, messages } = this.#options;
    const wanted = messages.wantedOf(from);
    // A message that was just heard may have had this member asked already.
    if (wanted.length === 0 || this.#flights.has(from)) return;
    this.#flights.begin(from, wanted, () => this.#failed(from));
    peers.send(from, { kind: 'signatures-request', wanted });
  }

  #delivered(from: MemberIndex, claims: readonly Claim[]): void {
    this.#flights.end(from);
    this.#options.rests.delivered(from);
    this.#options.messages.give(from, claims);
    this.#makeRoom();
    this.#hearComplete(from);
    this.#askNext();
  }

  #failed(from: MemberIndex): void {
    this.#options.rests.failed(from);
    this.#drop(from);
    this.#askNext();
  }

  /** The answer of a member could not be verified for want of room here, which is no fault of it: it is asked again. */
  #later(from: MemberIndex): void {
    this.#flights.pause(from, () => this.#askNext());
    this.#askNext();
  }

  #makeRoom(): void {
    const { messages } = this.#options;
    for (let from = messages.overflowing; from !== undefined; from = messages.overflowing) this.#drop(from);
  }

  #drop(from: MemberIndex): void {
    this.#flights.end(from);
    for (let count = this.#options.messages.drop(from); count > 0; count--) this.#dropped(from);
  }

  /** A message that this member fails to handle is dropped, as any other is where it is read. */
  #hearComplete(from: MemberIndex): void {
    for (const hear of this.#options.messages.takeComplete(from)) {
      try {
        hear();
      } catch {
        this.#options.monitor.refused(from, 'invalid', UNHANDLED);
      }
    }
  }

  #dropped(from: MemberIndex): void {
    this.#options.monitor.refused(from, 'unresolved', NOT_GIVEN);
  }
}
