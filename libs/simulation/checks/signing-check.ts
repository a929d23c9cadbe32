import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { statementName } from '../federation/signatures.ts';
import type { Subject } from '../subject/subject.ts';
import type { Findings } from './findings.ts';

/** Rules of one key, over all lives of its instance (libs/simulation/README.md L1, L2, L3, L4, L5). */
export class SigningCheck<State, Message, Record> {
  readonly #subject: Subject<State, Message, Record>;
  /** Votes that were asked for without their grounds. */
  readonly #ungrounded = new Set<string>();
  readonly #findings: Findings;
  /** First statement asked for, by instance, kind and view. */
  readonly #asked = new Map<string, string>();
  readonly #lastTimeout = new Map<number, bigint>();

  constructor(subject: Subject<State, Message, Record>, findings: Findings) {
    this.#subject = subject;
    this.#findings = findings;
  }

  asked(instance: number, statement: VoteStatement, record: Record | undefined): void {
    this.#checkOnce(instance, statement);
    this.#checkNotAfterTimeout(instance, statement);
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
      const now = marks[name] ?? 0n;
      if (now < mark) {
        this.#findings.report('L2', `${name} of instance ${instance} fell from ${mark} to ${now}`);
      }
    }
  }

  #checkOnce(instance: number, statement: VoteStatement): void {
    const slot = `${instance} ${statement.kind} ${statement.view}`;
    const name = statementName(statement);
    const known = this.#asked.get(slot);
    this.#asked.set(slot, known ?? name);
    if (known === undefined || known === name) return;
    this.#findings.report('L1', `instance ${instance} would sign "${known}" and "${name}"`);
  }

  #checkNotAfterTimeout(instance: number, { kind, view }: VoteStatement): void {
    const last = this.#lastTimeout.get(instance) ?? -1n;
    if (kind === 'timeout') this.#lastTimeout.set(instance, view > last ? view : last);
    else if (view <= last) {
      this.#findings.report('L4', `instance ${instance} signs ${kind} of view ${view} after its timeout`);
    }
  }
}
