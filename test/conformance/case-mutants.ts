import { toEpoch } from '#libs/chain/ids.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { MUTANTS, mutant } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { adding } from './adding-codec.ts';
import {
  askingTooMuch,
  countingSteps,
  forgetsBeforeAll,
  forgetsLock,
  headsCount,
  hoarding,
  honestInstead,
  proposesNothingAgain,
  SENSELESS,
  votesOnNothing,
  withoutActor,
} from './broken-hotstuff.ts';
import type { CaseMutant } from './case-mutant.ts';

/** One mutant for each case that some mutant of HotStuff alone can show. */
export const CASE_MUTANTS: readonly CaseMutant[] = [
  { case: 'C1', name: 'the first vote rests on no proposal', subject: votesOnNothing },
  {
    case: 'C2',
    name: 'bytes without the epoch',
    subject: mutant({
      votes: {
        ...HOTSTUFF_TABLE,
        bytes: (scope, statement) => HOTSTUFF_TABLE.bytes({ ...scope, epoch: toEpoch(0n) }, statement),
      },
    }),
  },
  { case: 'C3', name: 'a key that remembers no lock', subject: forgetsLock },
  {
    case: 'C4',
    name: 'asks for a view that no signer goes to',
    part: 'seeds.2',
    subject: askingTooMuch,
  },
  { case: 'C5', name: 'nobody forges certificates', subject: withoutActor('forger') },
  { case: 'C6', name: 'no vote once', subject: MUTANTS['no vote once'] },
  {
    case: 'C7',
    name: 'the first of four forgets everything in a crash before the first decision',
    subject: forgetsBeforeAll,
  },
  { case: 'C8', name: 'no timeouts', subject: MUTANTS['no timeouts'] },
  { case: 'C9', name: 'no lock from a decision', subject: MUTANTS['no lock from a decision'] },
  {
    case: 'C9',
    name: 'in lock-step: nobody hears a proposal of a known block',
    variant: 'lock-step',
    subject: proposesNothingAgain,
  },
  { case: 'C10', name: 'heads count', subject: headsCount },
  { case: 'C11', name: 'a double voter that votes once', subject: honestInstead('double-voter') },
  {
    case: 'C12',
    name: 'nothing is decided after four changes of the members',
    part: 'members.4',
    subject: mutant({
      step: (state, input) =>
        state.context.set.epoch > 4n && input.kind === 'work'
          ? { state, effects: [] }
          : hotStuff.step(state, input),
    }),
  },
  {
    case: 'C13',
    name: 'no block follows for the second time one of a protocol whose views begin with 0',
    subject: mutant({
      follows: (parent, header) =>
        header.epoch > 2n && parent.view === 0n ? 'parent of view 0' : hotStuff.follows(parent, header),
    }),
  },
  {
    case: 'C14',
    name: 'certificates of ranges are believed',
    source: {
      file: 'libs/engine/sync/block-sync.ts',
      find: 'return this.#judged(flight, range, ok ? undefined : FALSE_CERTIFICATE);',
      replace: 'return this.#judged(flight, range, undefined);',
    },
  },
  {
    case: 'C14',
    name: 'nobody takes a snapshot',
    source: {
      file: 'libs/engine/sync/catch-up.ts',
      find: 'return target >= height + BigInt(snapshotBlocks);',
      replace: 'return false;',
    },
  },
  {
    case: 'C15',
    name: 'a view above all sense ends it',
    subject: mutant({
      admit: (state, from, message) => {
        if ('view' in message && message.view > SENSELESS) throw new RangeError('no such view');
        return hotStuff.admit(state, from, message);
      },
    }),
  },
  {
    case: 'C16',
    name: 'federations of six keep every proposal that came early',
    part: 'seeds.7',
    subject: hoarding,
  },
  {
    case: 'C16',
    name: 'a range is given four times',
    source: {
      file: 'libs/engine/sync/block-server.ts',
      find: "this.#peers.send(from, { kind: 'blocks-response', requestId, range: this.#range(request) });",
      replace:
        "for (let left = 4; left > 0; left--) this.#peers.send(from, { kind: 'blocks-response', requestId, range: this.#range(request) });",
    },
  },
  {
    case: 'C16',
    name: 'blocks are given without a budget',
    source: {
      file: 'libs/engine/sync/block-server.ts',
      find: 'return budget.used <= RANGES_SERVED_PER_SECOND_MAX;',
      replace: 'return true;',
    },
  },
  { case: 'C19', name: 'counts its steps', subject: countingSteps() },
  {
    case: 'C20',
    name: 'sends every vote twice',
    subject: mutant({
      step: (state, input) => {
        const { state: next, effects } = hotStuff.step(state, input);
        const twice = effects.flatMap((effect) =>
          effect.kind === 'transmit' && effect.message.kind === 'vote' ? [effect, effect] : [effect],
        );
        return { state: next, effects: twice };
      },
    }),
  },
  { case: 'C21', name: 'a transaction that nobody gave', around: adding },
  {
    case: 'C18',
    name: 'a proof of another place than that of its transaction',
    patch: {
      file: 'services/consensus/adapters/wire/wire-api.ts',
      find: 'payloadProof: pathToApi(found.payloadProof)',
      replace: 'payloadProof: pathToApi({ ...found.payloadProof, index: found.payloadProof.size })',
    },
  },
];
