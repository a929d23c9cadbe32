import type { Epoch } from '#libs/chain/ids.ts';
import { comparePositions, type Position, positionText } from '#libs/protocol/vote/position.ts';
import { slotName, slotOf } from '#libs/protocol/vote/slot.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { statementName } from '../federation/signatures.ts';
import type { Subject } from '../subject/subject.ts';
import type { Findings } from './findings.ts';

/** The epoch whose members sign, and its protocol. */
export interface SigningEpoch {
  readonly epoch: Epoch;
  readonly table: VoteTable;
}

/** Rules of one key, over all lives of its instance (libs/simulation/README.md L1, L2, L3, L4, L5). */
export class SigningCheck<State, Message, Record> {
  readonly #subject: Subject<State, Message, Record>;
  /** Votes that were asked for without their grounds. */
  readonly #ungrounded = new Set<string>();
  readonly #findings: Findings;
  readonly #of: SigningEpoch;
  /** First statement asked for, by instance of the member and slot. */
  readonly #asked = new Map<string, string>();
  /** The newest position that an instance of a member gave up. */
  readonly #left = new Map<number, Position>();

  constructor(subject: Subject<State, Message, Record>, findings: Findings, of: SigningEpoch) {
    this.#subject = subject;
    this.#of = of;
    this.#findings = findings;
  }

  asked(instance: number, statement: VoteStatement, record: Record | undefined): void {
    this.#checkOnce(instance, statement);
    this.#checkNotLeft(instance, statement);
    if (record === undefined || !this.#subject.remembers(record, statement)) {
      const text = `instance ${instance} asked for a signature that its record forgets: ${statementName(statement)}`;
      this.#findings.report('L5', text);
    } else if (!this.#subject.supports(record, statement)) {
      const text = `instance ${instance} votes without the durable certificate that it votes on: ${statementName(statement)}`;
      this.#findings.report('L3', text);
    }
  }

  /**
   * The register of the signer holds the slot, durably, before the signature leaves it
   * (libs/simulation/README.md L5).
   */
  released(instance: number, statement: VoteStatement, isRecorded: boolean): void {
    if (isRecorded) return;
    const text = `the signer of instance ${instance} signed before its register was durable: ${statementName(statement)}`;
    this.#findings.report('L5', text);
  }

  /**
   * A signer refuses nothing that its own replica asks for, with one exception: a crash between record and signer
   * loses the grounds of a vote, which is then asked for without them. It is cast when the proposal comes again, or
   * never, once later statements of the member were signed; it may be asked for again after the next crash.
   */
  refused(instance: number, statement: VoteStatement, reason: string): void {
    const name = `${instance} ${statementName(statement)}`;
    if (reason === 'GROUNDS_MISSING') {
      this.#ungrounded.add(name);
      return;
    }
    if (reason === 'STALE_SLOT' && this.#ungrounded.has(name)) return;
    const text = `the signer of instance ${instance} refused ${statementName(statement)}: ${reason}`;
    this.#findings.report('REFUSED', text);
  }

  saved(instance: number, before: Record | undefined, after: Record): void {
    if (before === undefined) return;
    const marks = this.#subject.marks(after);
    for (const [name, mark] of Object.entries(this.#subject.marks(before))) {
      const now = marks[name];
      if (now !== undefined && comparePositions(now, mark) >= 0) continue;
      const to = now === undefined ? 'nothing' : positionText(now);
      this.#findings.report('L2', `${name} of instance ${instance} fell from ${positionText(mark)} to ${to}`);
    }
  }

  #checkOnce(instance: number, statement: VoteStatement): void {
    const slot = `${instance} ${slotName(slotOf(this.#of.epoch, statement, this.#of.table))}`;
    const name = statementName(statement);
    const known = this.#asked.get(slot);
    this.#asked.set(slot, known ?? name);
    if (known === undefined || known === name) return;
    this.#findings.report('L1', `instance ${instance} would sign "${known}" and "${name}"`);
  }

  #checkNotLeft(instance: number, statement: VoteStatement): void {
    const { kind } = statement;
    const last = this.#left.get(instance);
    const isBehind = last !== undefined && comparePositions(statement, last) <= 0;
    if (kindRowOf(this.#of.table, kind)?.leaves !== undefined) {
      if (!isBehind) this.#left.set(instance, statement);
    } else if (isBehind) {
      const text = `instance ${instance} signs ${kind} of ${positionText(statement)} after it gave up ${positionText(last)}`;
      this.#findings.report('L4', text);
    }
  }
}
