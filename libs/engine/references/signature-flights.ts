import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { statementText, type WantedSignatures } from '#libs/protocol/named-signatures.ts';
import type { ClockPort } from '../ports/engine-ports.ts';
import { ASKED_MAX, OVERLOADED_PAUSE_MS, PART_BYTES_MIN, SIGNATURES_ANSWER_MS } from './reference-limits.ts';

/** A request to one member. */
export class SignatureFlight {
  /** By the text of their statement and the member. */
  readonly #asked: ReadonlySet<string>;

  constructor(wanted: readonly WantedSignatures[]) {
    this.#asked = new Set(
      wanted.flatMap(({ statement, members }) => members.map((member) => nameOf({ statement, member }))),
    );
  }

  /** Those of the claims that were asked for. */
  answered(claims: readonly Claim[]): readonly Claim[] {
    return claims.filter((claim) => this.#asked.has(nameOf(claim)));
  }

  /** Whether an answer is what an honest member gives: all that it named, or a part as large as an answer nearly gets. */
  isFair(claims: readonly Claim[]): boolean {
    const sizeBytes = claims.reduce((sum, { signature }) => sum + signature.length, 0);
    return claims.length > 0 && (claims.length === this.#asked.size || sizeBytes >= PART_BYTES_MIN);
  }
}

/** The members that are asked, a few at a time, and those that are asked again later. */
export class SignatureFlights {
  readonly #clock: ClockPort;
  readonly #flights = new Map<
    MemberIndex,
    { readonly flight: SignatureFlight; readonly cancel: () => void }
  >();
  readonly #pauses = new Map<MemberIndex, () => void>();

  constructor(clock: ClockPort) {
    this.#clock = clock;
  }

  get isFull(): boolean {
    return this.#flights.size >= ASKED_MAX;
  }

  /** Whether a member must not be asked now. */
  has(from: MemberIndex): boolean {
    return this.#flights.has(from) || this.#pauses.has(from);
  }

  of(from: MemberIndex): SignatureFlight | undefined {
    return this.#flights.get(from)?.flight;
  }

  begin(from: MemberIndex, wanted: readonly WantedSignatures[], late: () => void): void {
    const cancel = this.#clock.after(SIGNATURES_ANSWER_MS, late);
    this.#flights.set(from, { flight: new SignatureFlight(wanted), cancel });
  }

  /** An answer came: no other one is waited for. */
  stopWaiting(from: MemberIndex): void {
    this.#flights.get(from)?.cancel();
  }

  end(from: MemberIndex): void {
    this.stopWaiting(from);
    this.#flights.delete(from);
  }

  /** Ends a request, which is to be made again after a while. */
  pause(from: MemberIndex, again: () => void): void {
    this.end(from);
    const cancel = this.#clock.after(OVERLOADED_PAUSE_MS, () => {
      this.#pauses.delete(from);
      again();
    });
    this.#pauses.set(from, cancel);
  }

  clear(): void {
    for (const { cancel } of this.#flights.values()) cancel();
    for (const cancel of this.#pauses.values()) cancel();
    this.#flights.clear();
    this.#pauses.clear();
  }
}

function nameOf({ statement, member }: Pick<Claim, 'statement' | 'member'>): string {
  return `${member} ${statementText(statement)}`;
}
