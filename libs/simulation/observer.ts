import type { Digest } from '../chain/ids.ts';
import type { Statement } from '../protocol/statement.ts';
import type { HeldBlock } from './block-judge.ts';
import type { Load } from './subject.ts';

/** What honest instances do, as the checkers see it. */
export interface Observer<Message, Record> {
  /** A life begins with this many final blocks: after a power cut there may be fewer than before it. */
  started(instance: number, height: number): void;
  /** A signature is asked for; `record` is the newest durable one. */
  asked(instance: number, statement: Statement, record: Record | undefined): void;
  /** The signer refused an honest member. */
  refused(instance: number, statement: Statement, reason: string): void;
  saved(instance: number, before: Record | undefined, after: Record): void;
  transmitted(instance: number, message: Message): void;
  /** What the state keeps, now and then. */
  loaded(instance: number, loads: readonly Load[]): void;
  committed(instance: number, held: HeldBlock): void;
  /** A block is decided that does not extend the final chain. */
  contradicted(instance: number, decided: Digest, final: Digest | undefined): void;
  /** Not a crash: the replica gave up by itself. */
  halted(instance: number, cause: unknown): void;
}
