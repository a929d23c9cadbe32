import assert from 'node:assert/strict';
import { LOG_RULES } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import type { Application } from '#libs/engine/application/application.ts';
import { type ApplicationAnswer, OK } from '#libs/engine/ports/submission.ts';

/** An application that executes a block when a test lets it. Its executed blocks outlive its process, as on a disk. */
export class LateApplication implements Application {
  readonly stateAfter = LOG_RULES.stateAfter;
  readonly repeatsUpon = LOG_RULES.repeatsUpon;
  readonly root = LOG_RULES.root;
  readonly fill = LOG_RULES.fill;
  /** Heights in the order of their execution. */
  readonly executed: Height[] = [];
  #finish: (() => void) | undefined;

  /** The height that it was given, and has not executed. */
  given: Height | undefined;

  check(_transaction: unknown, answer: (judged: ApplicationAnswer) => void): void {
    answer(OK);
  }

  executedHeight(): Height {
    return this.executed.at(-1) ?? toHeight(0n);
  }

  execute({ header }: Block, done: () => void): void {
    assert.equal(this.given, undefined, 'one block at a time');
    this.given = header.height;
    this.#finish = () => {
      this.given = undefined;
      this.executed.push(header.height);
      done();
    };
  }

  /** Executes the block under way. */
  finish(): void {
    const finish = this.#finish;
    this.#finish = undefined;
    finish?.();
  }

  /** Executes all that is ordered. */
  finishAll(): void {
    while (this.given !== undefined) this.finish();
  }

  /** Restarts as after a kill: the block under way is not executed. */
  restart(): void {
    this.#finish = undefined;
    this.given = undefined;
  }
}
