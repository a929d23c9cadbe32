import { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { Decision } from '#libs/custody/decision.ts';
import { type Learnable, learnableOpening, learnableWhole } from '#libs/custody/learn-grounds.ts';
import { learnables, statementRequest } from '#libs/custody/statement-request.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import type { LeaderOf } from '#libs/protocol/vote/height-leaders.ts';
import { slotName } from '#libs/protocol/vote/slot.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { ProverPort, SignatureAnswer, SignerPort } from '#libs/replica/ports.ts';
import type { ReplacedFile } from '../disk/replaced-file.ts';
import type { PortsOwner } from './ports-owner.ts';

/**
 * The signer's own decision and register, in front of the key: it verifies the grounds of a statement by itself. The
 * register is a file that outlives a crash; each step of writing it can be the last.
 */
export function signerPort<State, Message, Record>(
  owner: PortsOwner<State, Message, Record>,
): SignerPort & ProverPort {
  const { setting, endpoint, disk, random, freeSigner } = owner;
  const { observer, plan, authority } = setting;
  const { instance, member } = endpoint;
  const signature = authority.signerOf(member);
  const { register: file } = disk;
  // Data that a process reads at its start may still be unsynced: they are made durable before anything rests on
  // them.
  file.syncFolder();
  const custodian = custodianOf(owner, file.value);
  const moods = random.stream('prover');
  const believe = ({ claims, learn }: Learnable): boolean => {
    const isTrue = claims.every((claim) => authority.verify(claim));
    if (isTrue) learn();
    return isTrue;
  };
  /** Has a statement recorded, durably, and signed. */
  const answer = (statement: VoteStatement, grounds: Grounds): SignatureAnswer => {
    // The leader may follow from the block before, so that is shown first, as a service shows it.
    const opening = grounds.opening && learnableOpening(custodian, grounds.opening);
    if (opening !== undefined) believe(opening);
    for (const each of learnables(custodian, statement, grounds)) believe(each);
    const { chain, epoch, session } = custodian.state;
    const decision = custodian.decide(statementRequest({ chain, epoch, session }, statement, grounds));
    if (decision.kind === 'refuse') return { kind: 'refused', reason: decision.reason };
    if (decision.kind === 'sign') {
      replaceRegister(owner, file, decision.nextState);
      custodian.commit(decision);
    }
    if (owner.isHonest) observer.released(instance, statement, isIn(file.durable, decision));
    return { kind: 'signed', signature: signature(statement) };
  };
  return {
    sign: (statement, grounds, done) =>
      owner.effect('sign', () => {
        if (owner.isHonest) observer.asked(instance, statement, disk.durable);
        const answered: SignatureAnswer =
          freeSigner === undefined
            ? answer(statement, grounds)
            : { kind: 'signed', signature: freeSigner(statement) };
        owner.later(random.int(0, plan.signMsMax), () => done(answered));
      }),
    prove: (certificate, done) =>
      owner.effect('prove', () => {
        const isAway = freeSigner !== undefined || moods.chance(plan.unprovedRate);
        const learnable = isAway ? undefined : learnableWhole(custodian, certificate);
        const isProved = learnable !== undefined && believe(learnable);
        owner.later(moods.int(0, plan.verifyMsMax), () => done(isProved));
      }),
  };
}

function custodianOf<State, Message, Record>(
  { setting, endpoint }: PortsOwner<State, Message, Record>,
  state: CustodyState,
): Custodian {
  const { set, root } = setting;
  const { table } = setting;
  const inTurn: LeaderOf = (view) => setting.leader(view);
  const leader = table.leaders?.(set.members.length) ?? inTurn;
  const context = { table, set, me: endpoint.member, root, leader };
  return new Custodian(context, state);
}

/** Writes the register as `libs/files` writes a file: beside, synced, renamed, and the folder synced. */
export function replaceRegister<State, Message, Record>(
  owner: PortsOwner<State, Message, Record>,
  file: ReplacedFile<CustodyState>,
  state: CustodyState,
): void {
  owner.effect('write register', () => file.write(state));
  owner.effect('sync register', () => file.sync());
  owner.effect('rename register', () => file.rename());
  owner.effect('sync folder', () => file.syncFolder());
}

function isIn(state: CustodyState, { slot, digest }: Exclude<Decision, { kind: 'refuse' }>): boolean {
  return state.signed.get(slotName(slot)) === digest;
}
