import assert from 'node:assert/strict';
import { toView } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { HotStuffEffect } from '#libs/protocol/hotstuff/state.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import type { HotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  newViewOf,
  proposalOf,
  sent,
  statementsIn,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { isAssertion } from './noticed.ts';

type Module = HotStuffSubject['module'];

/** A situation that random search rarely or never makes (libs/simulation/README.md B.7), and its expected result. */
type Scenario = (module: Module) => void;

const B1 = blockOn(GENESIS, 1);
const B2 = blockOn(B1, 2);
const B3 = blockOn(B1, 3);

function built(effects: readonly HotStuffEffect[]): boolean {
  return effects.some(({ kind }) => kind === 'build');
}

function offered(core: Core, from: number, message: HotStuffMessage): readonly HotStuffEffect[] {
  return core.judge(from, message) === 'ok' ? core.receive(from, message) : [];
}

/** The situations by the number of the rule in libs/protocol/hotstuff/RULES.md. */
export const DIRECTED: Readonly<Record<string, Scenario>> = {
  'A.1 a block beside the lock with an older justification gets no vote': (module) => {
    const core = new Core({ module });
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.learn(certify('prepare', B1));
    core.learn(certify('pre-commit', B1));
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    const beside = blockOn(GENESIS, 2, { salt: 9 });
    offered(core, 2, proposalOf(beside, GENESIS_PREPARE));
    assert.deepEqual(asked(core.hold(beside)), []);
  },
  'A.2 a proposal is on the very block that its justification certifies': (module) => {
    const core = new Core({ module });
    core.learn(certify('commit', B1));
    const other = blockOn(blockOn(GENESIS, 1, { salt: 5 }), 2);
    assert.notEqual(core.judge(2, proposalOf(other, certify('prepare', B1))), 'ok');
  },
  'A.5 genesis has view 0': (module) => {
    const core = new Core({ module });
    const far = { ...GENESIS_PREPARE, view: toView(1_000_000n) };
    assert.notEqual(core.judge(3, { kind: 'certificate', certificate: far }), 'ok');
  },
  'A.8 a lock is not lowered by an older certificate': (module) => {
    const core = new Core({ module });
    core.learn(certify('pre-commit', B2));
    offered(core, 3, { kind: 'certificate', certificate: certify('pre-commit', B1) });
    assert.equal(core.state.locked?.view, 2n);
  },
  'A.9 a decision that is learned out of band is a lock': (module) => {
    const core = new Core({ module });
    core.learn(certify('commit', B1));
    assert.equal(core.state.locked?.view, 1n);
  },
  'A.10 the certificate of a refused block is kept': (module) => {
    const core = new Core({ module });
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    core.step({ kind: 'checked', digest: B1.digest, height: B1.header.height, ok: false });
    core.learn(certify('prepare', B1));
    assert.equal(core.state.high.view, 1n);
  },
  'A.11 who missed the proposal votes on its certificate': (module) => {
    const core = new Core({ module });
    core.learn(certify('prepare', B1));
    assert.deepEqual(asked(core.hold(B1)), ['pre-commit 1']);
  },
  'A.12 no vote after giving the view up': (module) => {
    const core = new Core({ module });
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    core.fire('view');
    assert.deepEqual(asked(core.hold(B1)), []);
  },
  'A.13 a certificate of the view before makes no vote': (module) => {
    const core = new Core({ module });
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    const effects = offered(core, 3, { kind: 'certificate', certificate: certify('prepare', B1) });
    assert.deepEqual(asked(effects), []);
  },
  'A.14 only the leader proposes': (module) => {
    const core = new Core({ module });
    const usurped = { ...B1, header: { ...B1.header, proposer: B2.header.proposer } };
    assert.equal(core.judge(2, proposalOf(usurped, GENESIS_PREPARE)), 'wrong-sender');
    assert.equal(core.judge(3, proposalOf(B1, GENESIS_PREPARE)), 'wrong-sender');
  },
  'A.15 a second proposal is evidence': (module) => {
    const core = new Core({ module });
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    const second = blockOn(GENESIS, 1, { salt: 1 });
    assert.equal(core.judge(1, proposalOf(second, GENESIS_PREPARE)), 'equivocation');
  },
  'A.18 a vote that comes twice spoils nothing': (module) => {
    const core = new Core({ me: 1, module });
    for (const statement of statementsIn(
      core.step({ kind: 'built', position: viewPosition(toView(1n)), block: B1 }),
    )) {
      core.signed(statement);
    }
    offered(core, 2, voteOf(2, 'prepare', B1));
    offered(core, 2, voteOf(2, 'prepare', B1));
    offered(core, 3, voteOf(3, 'prepare', B1));
    assert.equal(core.state.certificates.prepare?.signatures.length, 3);
  },
  'A.30 a restart repeats the recorded vote': (module) => {
    const core = new Core({ module });
    core.receiveProposal(B1, GENESIS_PREPARE);
    const again = new Core({ module, restored: core.record });
    assert.ok(asked(again.effects).includes('prepare 1'));
  },
  'A.33 a leader hears n - f members before it proposes': (module) => {
    const core = new Core({ me: 3, module });
    core.learn(certify('pre-commit', B3));
    core.receive(0, newViewOf(3));
    assert.equal(built(core.effects), false);
  },
  'A.33 a leader proposes on the highest certificate that it heard of': (module) => {
    const core = new Core({ me: 3, module });
    const certificate = gaveUp(2, certify('prepare', B1));
    const effects = core.receive(0, { kind: 'timeout-certificate', timeoutCertificate: certificate });
    const parents = effects.flatMap((effect) => (effect.kind === 'build' ? [effect.draft.parent] : []));
    assert.deepEqual(parents, [B1.digest]);
  },
  'A.34 reports that come before the view do count': (module) => {
    const core = new Core({ me: 2, module });
    for (const member of [0, 1]) offered(core, member, newViewOf(2));
    assert.ok(built(core.learn(certify('pre-commit', B2))));
  },
  'A.37 f + 1 timeouts are joined': (module) => {
    const core = new Core({ module });
    core.receive(1, timeoutOf(1, 1));
    assert.deepEqual(asked(core.receive(2, timeoutOf(2, 1))), ['timeout 1']);
  },
  'A.38 who gives an old view up is told how it ended': (module) => {
    const core = new Core({ module });
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    assert.deepEqual(sent(core.offer(2, timeoutOf(2, 1))), ['timeout-certificate 2']);
  },
  'F-70 who reports an older decision is shown the newer one, whatever its view and however often': (
    module,
  ) => {
    const core = new Core({ module, work: false });
    core.learn(certify('commit', B1));
    const leader = Number(core.state.context.leader(core.state.view));
    const other = [1, 2, 3].find((member) => member !== leader) ?? assert.fail();
    const entered = { timeoutCertificate: gaveUp(1) };
    assert.deepEqual(sent(core.offer(other, newViewOf(2, entered))), [`certificate ${other}`]);
    assert.deepEqual(sent(core.offer(other, timeoutOf(other, 2, entered))), [`certificate ${other}`]);
    assert.deepEqual(sent(core.offer(other, timeoutOf(other, 2, entered))), [`certificate ${other}`]);
    assert.deepEqual(sent(core.offer(other, newViewOf(2, { commit: certify('commit', B1) }))), []);
  },
  'F-70 who gave a view up and said so rests when nothing is awaited': (module) => {
    const core = new Core({ module });
    core.receive(1, proposalOf(B1, GENESIS_PREPARE));
    for (const statement of statementsIn(core.fire('view'))) core.signed(statement);
    assert.equal(core.state.timerRuns, true);
    core.step({ kind: 'work', pending: false });
    assert.equal(core.state.timerRuns, false);
    core.step({ kind: 'work', pending: true });
    assert.deepEqual(sent(core.fire('resend')).includes('timeout all'), true);
  },
  'F-70 a report that is repeated says what is known by then': (module) => {
    const core = new Core({ module });
    for (const statement of statementsIn(core.fire('view'))) core.signed(statement);
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    for (const statement of statementsIn(core.fire('view'))) core.signed(statement);
    core.learn(certify('commit', B1));
    assert.equal(core.state.view, 2n);
    for (const effect of core.fire('resend')) {
      if (effect.kind === 'transmit' && 'commit' in effect.message)
        assert.equal(effect.message.commit.view, 1n);
    }
  },
  'A.39 timeouts of different views are no certificate': (module) => {
    const core = new Core({ module });
    for (const [member, view] of [
      [1, 1],
      [2, 5],
      [3, 9],
    ] as const) {
      offered(core, member, timeoutOf(member, view));
    }
    assert.equal(core.state.timeoutCertificate, undefined);
  },
  'A.40 the timeout of a view is capped': (module) => {
    const core = new Core({ module });
    const effects = core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(200) });
    for (const effect of effects)
      if (effect.kind === 'set-timer') assert.ok('afterMs' in effect && effect.afterMs <= 8_000);
  },
  'A.41 a claim without a certificate moves no view': (module) => {
    const core = new Core({ module });
    offered(core, 2, newViewOf(1_000));
    offered(core, 2, timeoutOf(2, 1_000));
    assert.equal(core.state.view, 1n);
  },
  'C.2.6 who voted commit gives the view up like anyone': (module) => {
    const core = new Core({ module });
    core.receiveProposal(B1, GENESIS_PREPARE);
    core.learn(certify('prepare', B1));
    assert.deepEqual(asked(core.learn(certify('pre-commit', B1))), ['commit 1']);
    assert.deepEqual(asked(core.fire('view')), ['timeout 1']);
  },
  'C.5.5 a leader that hides the highest report is refused': (module) => {
    const core = new Core({ module });
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1) });
    const certificate = gaveUp(2, certify('prepare', B1));
    const low = blockOn(GENESIS, 3, { salt: 4 });
    assert.equal(core.judge(3, proposalOf(low, GENESIS_PREPARE, certificate)), 'invalid');
  },
};

/** The first scenario that does not come out as it must; a scenario that another error ends has shown nothing. */
export function directedFailure(module: Module): string | undefined {
  for (const [name, scenario] of Object.entries(DIRECTED)) {
    try {
      scenario(module);
    } catch (error) {
      if (isAssertion(error)) return name;
    }
  }
  return undefined;
}
