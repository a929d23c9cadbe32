import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Digest, toView } from '#libs/chain/ids.ts';
import { compareMarks, slotName } from '#libs/protocol/vote/slot.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CustodyWorld } from '#test/support/signer/custody-world.ts';
import { REPEATABLE_SLOTS_MAX } from './limits.ts';

/** A few views and blocks, so that slots collide often. */
const anyRequest = fc.record({
  kind: fc.constantFrom('proposal', 'prepare', 'pre-commit', 'commit', 'timeout'),
  view: fc.integer({ min: 1, max: 12 }),
  salt: fc.integer({ min: 0, max: 1 }),
  /** View of the parent's certificate, or of the reported one. */
  justify: fc.integer({ min: 0, max: 6 }),
  justifySalt: fc.integer({ min: 0, max: 1 }),
  /**
   * The proofs that the host shows before it asks: any certificate that it likes, because all of them exist in this
   * world.
   */
  shows: fc.boolean(),
  crash: fc.boolean(),
});

type Request = typeof anyRequest extends fc.Arbitrary<infer Value> ? Value : never;

const blockAt = (view: number, salt: number) => (view === 0 ? GENESIS : blockOn(GENESIS, view, { salt }));

function requestIn(world: CustodyWorld, { kind, view, salt, justify, justifySalt, shows }: Request) {
  const parent = blockAt(justify, justifySalt);
  const block = blockOn(parent, view, { salt });
  if (shows) {
    if (justify > 0) world.certified('prepare', parent);
    world.proposed(block);
    world.certified('prepare', block);
    world.certified('pre-commit', block);
  }
  if (kind === 'timeout') return world.timeout(view, parent);
  return world.about(kind as 'prepare', block, { justifyView: justify });
}

/** Makes one request, and checks the promises that must hold for every request. */
function checkedAsk(world: CustodyWorld, asked: Request, everSigned: Map<string, Digest>): void {
  const before = world.custodian.state;
  const request = requestIn(world, asked);
  const decision = world.ask(request);
  const { marks, lock, proven } = world.custodian.state;
  const [was, is] = [before.marks.get(0n), marks.get(0n)];
  assert.ok(was === undefined || (is !== undefined && compareMarks(is, was) >= 0));
  assert.ok((lock?.view ?? 0n) >= (before.lock?.view ?? 0n) && proven >= before.proven);
  if (decision.kind === 'refuse') return assert.equal(world.custodian.state, before);
  const name = slotName(decision.slot);
  assert.equal(everSigned.get(name) ?? decision.digest, decision.digest, `signed ${name} twice`);
  assert.equal(everSigned.has(name), decision.kind === 'repeat');
  everSigned.set(name, decision.digest);
  assert.equal(world.ask(request).kind, 'repeat');
}

test('no slot ever gets two digests, marks and lock never fall, and what was signed is repeated, over crashes', () => {
  fc.assert(
    fc.property(fc.array(anyRequest, { maxLength: 80 }), (requests) => {
      const everSigned = new Map<string, Digest>();
      let world = new CustodyWorld();
      for (const asked of requests) {
        checkedAsk(world, asked, everSigned);
        if (asked.crash) world = world.restarted();
      }
    }),
    { numRuns: 400 },
  );
});

test('the state stays small, and what it forgets is refused by the mark', () => {
  const world = new CustodyWorld();
  for (let view = 1; view < 400; view++) {
    world.custodian.facts.left({ instance: 0n, view: toView(BigInt(view)) });
    assert.equal(world.outcome(world.timeout(view)), 'sign');
  }
  assert.equal(world.custodian.state.signed.size, REPEATABLE_SLOTS_MAX);
  assert.equal(world.outcome(world.timeout(399 - REPEATABLE_SLOTS_MAX)), 'STALE_SLOT');
  assert.equal(world.outcome(world.timeout(400 - REPEATABLE_SLOTS_MAX)), 'repeat');
  assert.ok(world.custodian.facts.size <= 512);
});
