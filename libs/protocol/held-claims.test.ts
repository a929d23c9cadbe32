import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toView, type View } from '#libs/chain/ids.ts';
import { claimIn, LANGUAGES } from '#test/support/protocol/collected-claims.ts';
import type { Claim } from './certificate.ts';
import { CollectorWindow } from './collector-window.ts';
import { provedHigh } from './evidence.ts';
import { bytesOf, type HeldClaim, highestProof } from './held-claim.ts';
import { HeldClaims } from './held-claims.ts';
import { COLLECTOR_LIMITS } from './limits.ts';
import { kindRowOf, type VoteTable } from './vote/vote-table.ts';

const UNVERIFIED_MAX = 3;
const RUNS = { numRuns: 300 };

/** A member whose claims come one by one, and after each of them everything is looked at by going through all of it. */
class Watched {
  readonly held: HeldClaims;
  readonly #table: VoteTable;
  #number = 0;

  constructor(table: VoteTable) {
    this.#table = table;
    this.held = new HeldClaims(table, UNVERIFIED_MAX);
  }

  /** As a detector does: a claim that is held already is not added again, unless it is verified now. */
  hear(claim: Claim, isVerified: boolean): void {
    const same = this.held.find(claim.statement);
    if (same !== undefined && (same.isVerified || !isVerified)) return;
    if (same !== undefined) this.held.remove(same);
    this.#number += 1;
    const isReport = kindRowOf(this.#table, claim.statement.kind)?.leaves !== undefined;
    const latest = { claim, isVerified, isReport, number: this.#number };
    this.#hasBeside(latest);
    this.held.add(latest);
  }

  #hasBeside(latest: HeldClaim): void {
    const { view } = latest.claim.statement;
    const expected = this.held.all.filter(
      (each) => latest.isReport || each.isReport || each.claim.statement.view === view,
    );
    assert.deepEqual(new Set(this.held.beside(latest)), new Set(expected));
  }

  /** The memory is what is in it, whichever way it came there. */
  holds(window: CollectorWindow): void {
    const { all } = this.held;
    assert.equal(this.held.sizeBytes, bytesOf(all));
    const unverified = all.filter(({ isVerified }) => !isVerified);
    assert.ok(unverified.length <= UNVERIFIED_MAX);
    const first = unverified.sort((a, b) => a.number - b.number)[0];
    const least = this.held.leastWorth(window);
    if (first !== undefined) assert.equal(least, first);
    else if (all.length < 2) assert.equal(least, all[0]);
    else assert.ok(least !== undefined);
  }

  /** Members that hold too much forget one after the other. */
  forget(window: CollectorWindow): void {
    for (
      let least = this.held.leastWorth(window);
      least !== undefined;
      least = this.held.leastWorth(window)
    ) {
      this.held.remove(least);
      this.holds(window);
    }
  }

  /** Beside what is in the window, one claim stays at most: no other proves more. */
  moved(window: CollectorWindow): void {
    const isWithin = ({ claim }: HeldClaim) => window.has(claim.statement);
    const { all } = this.held;
    const within = all.filter(isWithin);
    const proof = highestProof(all, this.#table);
    this.held.keepWithin(window);
    const kept = this.held.all;
    assert.deepEqual(new Set(kept.filter(isWithin)), new Set(within));
    const beside = kept.filter((each) => !isWithin(each));
    assert.ok(beside.length <= 1);
    if (proof !== undefined) assert.ok(kept.some((each) => this.#proves(each) === this.#proves(proof)));
    else assert.equal(beside.length, 0);
  }

  #proves({ claim: { statement }, isVerified }: HeldClaim): string | undefined {
    const view = isVerified ? provedHigh(statement, this.#table) : undefined;
    return view === undefined ? undefined : `${statement.instance} ${view}`;
  }
}

for (const [name, language] of Object.entries(LANGUAGES)) {
  const { table } = language;
  const instance = table.instances === 'one' ? 0n : 7n;
  const heard = fc.record({
    claim: claimIn(language),
    isVerified: fc.boolean(),
    moves: fc.nat(8),
    forgets: fc.nat(12),
  });

  describe(`the statements that are held of a member, ${name}`, () => {
    test('are those that a search through all of them finds, after each that comes and each move of the window', () => {
      fc.assert(
        fc.property(fc.array(heard, { maxLength: 60, size: 'max' }), (all) => {
          const watched = new Watched(table);
          const window = new CollectorWindow(table, { ...COLLECTOR_LIMITS, viewsBack: 1n, viewsAhead: 2n });
          let view: View = table.firstView;
          for (const { claim, isVerified, moves, forgets } of all) {
            watched.hear(claim, isVerified);
            watched.holds(window);
            if (forgets === 0) watched.forget(window);
            if (moves > 0) continue;
            view = toView(view + 1n);
            window.advance({ instance, view });
            watched.moved(window);
            watched.holds(window);
          }
        }),
        RUNS,
      );
    });
  });
}
