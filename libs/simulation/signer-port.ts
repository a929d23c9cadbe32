import { type CustodyState, digestIn } from '../custody/custody-state.ts';
import type { Decision } from '../custody/decide.ts';
import { SlotRegister } from '../custody/slot-register.ts';
import type { Statement } from '../protocol/statement.ts';
import type { SignatureAnswer, SignerPort } from '../replica/ports.ts';
import type { PortsOwner } from './ports.ts';
import type { ReplacedFile } from './replaced-file.ts';

/**
 * The signer's own decision and register, in front of the key. The register is a file that outlives a crash; each step
 * of writing it can be the last.
 */
export function signerPort<State, Message, Record>(owner: PortsOwner<State, Message, Record>): SignerPort {
  const { setting, endpoint, disk, random, freeSigner } = owner;
  const { observer, set, plan } = setting;
  const { instance, member } = endpoint;
  const signature = setting.authority.signerOf(member);
  const { register: file } = disk;
  // What a process reads at its start may be there by chance: it is made durable before anything rests on it.
  file.syncFolder();
  const register = new SlotRegister(file.value);
  /** Has a statement recorded, durably, and signed. */
  const answer = (statement: Statement): SignatureAnswer => {
    const decision = register.decide(statement, set.epoch);
    if (decision.kind === 'refuse') return { kind: 'refused', reason: decision.reason };
    if (decision.kind === 'sign') {
      replace(owner, file, decision.nextState);
      register.commit(decision);
    }
    if (owner.isHonest) observer.released(instance, statement, isIn(file.durable, decision));
    return { kind: 'signed', signature: signature(statement) };
  };
  return {
    sign: (statement, done) =>
      owner.effect('sign', () => {
        if (owner.isHonest) observer.asked(instance, statement, disk.durable);
        const answered: SignatureAnswer =
          freeSigner === undefined ? answer(statement) : { kind: 'signed', signature: freeSigner(statement) };
        owner.later(random.int(0, plan.signMsMax), () => done(answered));
      }),
  };
}

/** Writes the register as `libs/files` writes a file: beside, synced, renamed, and the folder synced. */
function replace<State, Message, Record>(
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
  return digestIn(state, slot) === digest;
}
