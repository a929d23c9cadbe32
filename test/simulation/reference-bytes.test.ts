import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { prng } from '#libs/random/prng.ts';
import { SILENT } from '#libs/simulation/checks/observe.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { quietPlan } from '#libs/simulation/plan/quiet-plan.ts';
import { QuietWorld } from '#libs/simulation/presets/quiet-world.ts';

/** ADR-004's sets have larger ones: the smaller the signature, the more a reference weighs. */
const SIGNATURE_BYTES = 17_088;
/** Messages overtake each other, so that members count other votes and form certificates of other signers. */
const LINKS = { minMs: 1, maxMs: 40, tailRate: 0, tailMs: 40 };
const SEED = 7;
const START_MS = 3_000;
const DECISIONS = 20;
const ENVELOPE = { chainTag: new Uint8Array(8), epoch: toEpoch(0n), protocol: wireOf('hotstuff') };

/** Counts at the ports of all nodes the bytes of certificates: as they are sent, and as they would be if each went whole. */
class CertificateBytes {
  sent = 0;
  whole = 0;
  /** Certificates that went whole, by the members that they went to. */
  wholes = 0;

  count(receivers: number, body: PeerMessageBody, form: MessageForm): void {
    if (body.kind === 'signatures-response') {
      const signatures = body.given.flatMap((each) => each.signatures).length;
      this.sent += receivers * signatures * SIGNATURE_BYTES;
    }
    if (body.kind !== 'protocol') return;
    const own = HOTSTUFF.module.ownClaim(body) === undefined ? 0 : 1;
    const carried = HOTSTUFF.module.claims(body).length - own;
    if (carried === 0) return;
    this.whole += receivers * carried * SIGNATURE_BYTES;
    if (form === 'whole') this.wholes += receivers;
    this.sent +=
      receivers *
      (form === 'whole' ? carried * SIGNATURE_BYTES : encodePeerMessage(body, ENVELOPE, form).length);
  }
}

function counting(members: number, votePath: (typeof VOTE_PATHS)[number]) {
  const bytes = new CertificateBytes();
  const silent = new Set<MemberIndex>();
  const fit = (ports: NodePorts, node: MemberIndex): NodePorts => ({
    ...ports,
    peers: {
      connected: () => ports.peers.connected(),
      send: (to, body, epoch, form = 'whole') => {
        if (silent.has(node)) return;
        bytes.count(to === 'all' ? members - 1 : 1, body, form);
        ports.peers.send(to, body, epoch, form);
      },
    },
  });
  const subject = hostedHotStuff({
    ...hotStuffSubject,
    parameters: { vote_path: VOTE_PATHS.indexOf(votePath) },
  });
  const plan = quietPlan(members);
  const world = new QuietWorld({
    subject,
    plan,
    random: prng(SEED),
    fit,
    observerOf: () => () => SILENT,
  });
  plan.delay = LINKS;
  world.pass(START_MS);
  let submitted = 0;
  const heights = () =>
    Array.from({ length: members }, (_, node) => toMemberIndex(node))
      .filter((node) => !silent.has(node))
      .map((node) => world.life(node).chain.tip().header.height);
  /** Decides a block more; every member that is heard has it. */
  const decide = (): void => {
    const wanted = BigInt(++submitted);
    const from = toMemberIndex([0, 1, 2].find((node) => !silent.has(toMemberIndex(node))) ?? assert.fail());
    world.life(from).submit(transactionOf(Buffer.from(`${submitted}`)));
    assert.ok(
      world.until(() => heights().every((height) => height >= wanted), 60_000),
      `height ${wanted}`,
    );
  };
  return { bytes, silent, decide, world };
}

for (const members of [4, 7, 10]) {
  describe(`F-20: the certificates of ${members} members`, () => {
    test('take 2 % of the bytes at most where votes go to all, without faults', () => {
      const { bytes, decide } = counting(members, 'all');
      for (let block = 0; block < DECISIONS; block++) decide();
      assert.ok(bytes.sent <= 0.02 * bytes.whole, `${bytes.sent} of ${bytes.whole}`);
      assert.equal(bytes.wholes, 0);
    });

    test('and when a leader is silent and its view fails', () => {
      const { bytes, decide, silent, world } = counting(members, 'all');
      decide();
      const { leader } = world.life(toMemberIndex(0)).node.protocol();
      silent.add(leader);
      decide();
      const heard = [0, 1].map(toMemberIndex).find((node) => node !== leader) ?? assert.fail();
      assert.ok(world.life(heard).node.protocol().timedOutViews > 0n, 'a view failed');
      assert.ok(bytes.sent <= 0.02 * bytes.whole, `${bytes.sent} of ${bytes.whole}`);
      assert.equal(bytes.wholes, 0);
    });

    test('go whole to each member once where votes go to the leader, three in a decision', () => {
      const { bytes, decide } = counting(members, 'leader');
      for (let block = 0; block < DECISIONS; block++) decide();
      assert.equal(bytes.wholes, 3 * (members - 1) * DECISIONS);
    });
  });
}
