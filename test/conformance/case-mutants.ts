import { toEpoch } from '#libs/chain/ids.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { MUTANTS, mutant } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { adding } from './adding-codec.ts';
import {
  askingTooMuch,
  countingSteps,
  countsTwoAfterTimeout,
  decidesTooEarly,
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
import { SOURCE_CASE_MUTANTS } from './source-case-mutants.ts';

/** One mutant for each case that some mutant of HotStuff alone can show. */
export const CASE_MUTANTS: readonly CaseMutant[] = [
  { case: 'C1', name: 'the first vote rests on no proposal', by: /^table: /, subject: votesOnNothing },
  {
    case: 'C2',
    name: 'bytes without the epoch',
    by: /of another epoch have the same bytes$/,
    subject: mutant({
      votes: {
        ...HOTSTUFF_TABLE,
        bytes: (scope, statement) => HOTSTUFF_TABLE.bytes({ ...scope, epoch: toEpoch(0n) }, statement),
      },
    }),
  },
  { case: 'C3', name: 'a key that remembers no lock', by: /: fork: two blocks final/, subject: forgetsLock },
  {
    case: 'C4',
    name: 'asks for a view that no signer goes to',
    by: /: REFUSED at /,
    part: 'seeds.2',
    subject: askingTooMuch,
  },
  {
    case: 'C5',
    name: 'nobody forges certificates',
    by: /^roles: nobody lies as forger does$/,
    subject: withoutActor('forger'),
  },
  {
    case: 'C5',
    name: 'federations of six decide on a certificate of first votes',
    by: /^seed \d+ of 6 members: S[16] /,
    part: 'seeds.2',
    subject: decidesTooEarly,
  },
  {
    case: 'C6',
    name: 'two members are a quorum after a view that was given up',
    // A fork in a scenario whose first view is split: the splits are numbered from 0, which is none.
    by: /^twins \d\/[1-5] .*: S1 /,
    subject: countsTwoAfterTimeout,
  },
  {
    case: 'C7',
    name: 'the first of four forgets everything in a crash before the first decision',
    by: /^(crash|power cut) (before|after) effect .*: [LSV]\d at /,
    subject: forgetsBeforeAll,
  },
  { case: 'C8', name: 'no timeouts', by: /: V1 at /, subject: MUTANTS['no timeouts'] },
  {
    case: 'C9',
    name: 'no lock from a decision',
    by: /^(?:prepare|pre-commit|commit|decide) reaches .*: L3 at /,
    subject: MUTANTS['no lock from a decision'],
  },
  {
    case: 'C9',
    name: 'in lock-step: nobody hears a proposal of a known block',
    by: / lies: V1 at /,
    variant: 'lock-step',
    subject: proposesNothingAgain,
  },
  { case: 'C10', name: 'heads count', by: /^seed \d+ of members who weigh .*: L6 at /, subject: headsCount },
  {
    case: 'C11',
    name: 'a double voter that votes once',
    by: /^double-voter: it is not named in /,
    subject: honestInstead('double-voter'),
  },
  {
    case: 'C12',
    name: 'nothing is decided after four changes of the members',
    by: /^six changes in a row, .*: V4 at /,
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
    by: /^from hotstuff to .*: V1 at /,
    subject: mutant({
      follows: (parent, header) =>
        header.epoch > 2n && parent.view === 0n ? 'parent of view 0' : hotStuff.follows(parent, header),
    }),
  },
  {
    case: 'C15',
    name: 'a view above all sense ends it',
    by: / throws: no such view$/,
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
    by: /: V5 at .* early proposals at rest/,
    part: 'seeds.7',
    subject: hoarding,
  },
  { case: 'C19', name: 'counts its steps', by: / taken twice is not the same$/, subject: countingSteps() },
  {
    case: 'C20',
    name: 'sends every vote twice',
    by: /^4 members: messages: /,
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
  { case: 'C21', name: 'a transaction that nobody gave', by: /^null: 25 transactions, /, around: adding },
  ...SOURCE_CASE_MUTANTS,
];
