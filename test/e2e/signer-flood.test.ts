import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import type { ClientTls } from '#libs/grpc/tls.ts';
import { SignTimeoutRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { signerClients } from '#services/cli/adapters/signer-clients.ts';
import { keyPin } from '#services/signer/adapters/client-gate.ts';
import { OPERATIONS, usualGrants } from '#services/signer/core/client-matrix.ts';
import { blockOn, GENESIS } from '../support/hotstuff-harness.ts';
import type { FloodPlan } from '../support/signer-flooder.ts';
import { SIGNER_FLOODS } from '../support/signer-floods.ts';
import {
  clientTls,
  type SignerClient,
  type SignerHome,
  signerClient,
  signerHome,
} from '../support/signer-home.ts';
import { putCertificate } from '../support/signer-peers.ts';
import { median } from '../support/trend.ts';
import { within } from '../support/within.ts';

/** A third of a second for a signature, and less than a millisecond to verify one. */
const SCHEME = 'slh-dsa-sha2-128s';
/** Votes with the flood and without, in turn: what else the machine does falls on both alike. */
const PAIRS = 5;
/** A second look, longer, where the first says too much: a busy machine does not say it twice. */
const MORE_PAIRS = 9;
/** One signing time more, and the vote's own makes two. */
const RATIO_MAX = 2;
const START_MS_MAX = 300_000;
/** The flood is under way when the vote comes. */
const FLOOD_LEAD_MS = 250;
/** On one machine the flooder's own work would count as damage. */
const NICENESS = 19;
const VIEWS_AHEAD = 8;

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe('a flood delays no honest vote by more than one signing time (signer.md 3.1, 6.11)', () => {
  let home: SignerHome;
  let honest: SignerClient;
  let address = '';
  let session = 0n;
  let view = 0;
  let hostileTls: ClientTls;
  let honestTls: ClientTls;
  const children: ChildProcess[] = [];

  /** Starts a half of the signer, as a process, and returns where it listens. */
  const start = async (main: string, env: Record<string, string>): Promise<string> => {
    const child = spawn(process.execPath, [path(`../../services/signer/${main}`)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let bound = '';
    const started = new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { message, address: at } = JSON.parse(line);
        bound = at ?? bound;
        if (message === 'service started') resolve();
      });
      child.once('exit', (code) => reject(new Error(`${main} ended with code ${code}`)));
    });
    await within(`the start of ${main}`, started, START_MS_MAX);
    return bound;
  };

  before(async () => {
    home = await signerHome(SCHEME);
    honestTls = clientTls(home);
    hostileTls = clientTls(home, { commonName: 'liar' });
    const matrix = join(home.root, 'clients.json');
    const pinOf = ({ certificate }: ClientTls) => [keyPin(certificate ?? Buffer.of())];
    // A session would be fenced by the liar's: that is another matter, and leaves a trace.
    const others = OPERATIONS.filter((operation) => operation !== 'session');
    await signerClients.write(matrix, [
      { name: 'consensus', pins: pinOf(honestTls), grants: usualGrants('hotstuff') },
      { name: 'liar', pins: pinOf(hostileTls), grants: usualGrants('hotstuff', others) },
    ]);
    const { config, root } = home;
    const socket = join(root, 'core.sock');
    await start('main-core.ts', { SIGNER_CORE_SOCKET: socket, SIGNER_CORE_FOLDER: config.SIGNER_FOLDER });
    address = await start('main-edge.ts', {
      SIGNER_EDGE_LISTEN: '127.0.0.1:0',
      SIGNER_EDGE_CORE: socket,
      SIGNER_EDGE_TLS_CA: config.SIGNER_TLS_CA,
      SIGNER_EDGE_TLS_CERT: config.SIGNER_TLS_CERT,
      SIGNER_EDGE_TLS_KEY: config.SIGNER_TLS_KEY,
      SIGNER_EDGE_CLIENTS_FILE: matrix,
    });
    honest = signerClient(address, honestTls);
    ({ session } = await honest.openSession({}));
    for (let each = 0; each < 2; each++) await vote();
  });
  after(async () => {
    honest.close();
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue; // What a flood ended is gone already.
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await within('the end of the signer', gone);
    }
    await home[Symbol.asyncDispose]();
  });

  /** The next honest statement. @returns how long it took, ms. */
  async function vote(): Promise<number> {
    view += 1;
    if (view % VIEWS_AHEAD === 0) {
      const proof = await home.others.certificate('prepare', blockOn(GENESIS, view));
      await putCertificate(honest, home.others.scope(session), proof);
    }
    const wanted = home.others.timeout(view, GENESIS, session);
    const startMs = performance.now();
    const { repeatedSignature } = await honest.signTimeout(wanted);
    assert.equal(repeatedSignature, false);
    return performance.now() - startMs;
  }

  async function delaysUnder(name: string, tls: ClientTls) {
    const first = await measured(name, tls, PAIRS);
    return first.ratio < RATIO_MAX ? first : measured(name, tls, MORE_PAIRS);
  }

  async function measured(name: string, tls: ClientTls, pairs: number) {
    const hexOf = (request: SignTimeoutRequest) =>
      Buffer.from(SignTimeoutRequest.encode(request).finish()).toString('hex');
    const text = (pem: Buffer | undefined) => (pem ?? Buffer.of()).toString();
    const plan: FloodPlan = {
      address,
      tls: { ca: text(tls.ca), certificate: text(tls.certificate), key: text(tls.key) },
      signed: hexOf(home.others.timeout(view, GENESIS, session)),
      stale: hexOf(home.others.timeout(1, blockOn(GENESIS, 1), session)),
      signatureBytes: SCHEME_SIZES[SCHEME].signature,
    };
    const file = join(home.root, 'plan.json');
    writeFileSync(file, JSON.stringify(plan), { mode: 0o600 });
    const flooder = fork(path('../support/signer-flooder.ts'), [file, name]);
    setPriority(flooder.pid ?? 0, NICENESS);
    try {
      const quiet: number[] = [];
      const flooded: number[] = [];
      let harm = 0;
      for (let pair = 0; pair < pairs; pair++) {
        quiet.push(await vote());
        flooder.send('flood');
        await sleep(FLOOD_LEAD_MS);
        flooded.push(await vote());
        const told = once(flooder, 'message');
        flooder.send('rest');
        [harm] = await within('what the flooder did', told, START_MS_MAX);
      }
      return { quiet, flooded, harm, ratio: median(flooded) / median(quiet) };
    } finally {
      flooder.disconnect();
    }
  }

  for (const name of Object.keys(SIGNER_FLOODS)) {
    test(`of ${name}, by another client that is allowed and hostile`, async (context) => {
      const { quiet, flooded, harm, ratio } = await delaysUnder(name, hostileTls);
      const figures = `${harm} pieces of harm; ms quiet ${quiet.map(Math.round)}, flooded ${flooded.map(Math.round)}`;
      context.diagnostic(`${name}: ratio ${ratio.toFixed(2)}, ${figures}`);
      if (name !== 'slow streams') assert.ok(harm > 0, 'the flood did come');
      assert.ok(ratio < RATIO_MAX, figures);
    });
  }

  test('of what it signed already, by somebody with the key of the honest client', async (context) => {
    const { quiet, flooded, harm, ratio } = await delaysUnder('duplicates', honestTls);
    const figures = `${harm} calls; ms quiet ${quiet.map(Math.round)}, flooded ${flooded.map(Math.round)}`;
    context.diagnostic(`ratio ${ratio.toFixed(2)}, ${figures}`);
    assert.ok(harm > 0 && ratio < RATIO_MAX, figures);
  });
});
