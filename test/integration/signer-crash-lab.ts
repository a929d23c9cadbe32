import { createHash } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { equalBytes } from '#libs/bytes/bytes.ts';
import type { Block } from '#libs/chain/block.ts';
import type { CustodyRequest } from '#libs/custody/custody-context.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { openDatabase } from '#libs/sqlite/database.ts';
import { createLedger } from '#services/signer/record/create-ledger.ts';
import { type LedgerOwner, openLedger } from '#services/signer/record/ledger-files.ts';
import { LEDGER_SCHEMA } from '#services/signer/record/ledger-schema.ts';
import { MirrorFile } from '#services/signer/record/mirror-file.ts';
import { mirroredLedger } from '#services/signer/record/mirrored-ledger.ts';
import type { CustodyLedger } from '#services/signer/record/rules/custody-ledger.ts';
import { SqliteLedger } from '#services/signer/record/sqlite-ledger.ts';
import { SigningDesk, type SigningDeskOptions } from '#services/signer/running/signing-desk.ts';
import { type FaultPlan, FaultyDisk, scratchFolder } from '#test/support/disk/faulty-disk.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CHAIN, CustodyWorld } from '#test/support/signer/custody-world.ts';

const OWNER: LedgerOwner = {
  scheme: 'slh-dsa-sha2-128f',
  publicKey: new Uint8Array(32).fill(1),
  binding: { chain: CHAIN, protocol: 'hotstuff' },
};
const MEMBERS = [1, 2, 3, 4].map((fill) => ({
  name: `m${fill}`,
  publicKey: new Uint8Array(32).fill(fill),
  weight: 1n,
}));
const DB = 'signer.db';
const MIRROR = 'signer.mirror';
/** The log is folded in within the script. */
const LOG_PAGES = 20;

/** Each statement of the script in two variants, which contradict each other; the script asks for the first. */
interface Asked {
  readonly name: string;
  readonly wanted: CustodyRequest;
  readonly other: CustodyRequest;
}

/** A mutant: the ledger of production with a rule broken. */
export type LedgerChange = (ledger: CustodyLedger) => CustodyLedger;

export interface CrashResult {
  /** Steps that the script took; those of a run without a fault are all that there are. */
  readonly steps: number;
  /** The broken promises; empty: none. */
  readonly violations: readonly string[];
}

/** A signer on a faulty disk: script, fault, and then a new start on the remaining files. */
export class SignerCrashLab {
  readonly #home: string;

  private constructor(home: string) {
    this.#home = home;
  }

  static async create(): Promise<SignerCrashLab> {
    const home = scratchFolder('crash');
    const path = join(home, DB);
    await createLedger(path, OWNER, { members: MEMBERS, root: genesisRoot(GENESIS.digest) });
    const { ledger, install } = await openLedger(path, OWNER);
    const { sequence } = ledger.auditEnd();
    ledger.close();
    await MirrorFile.create(join(home, MIRROR), install, sequence);
    return new SignerCrashLab(home);
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Runs the script with one fault, starts again on the remaining files, and asks for both variants of everything. */
  async run(plan: FaultPlan, changed: LedgerChange = (ledger) => ledger): Promise<CrashResult> {
    const folder = scratchFolder('crashed');
    cpSync(this.#home, folder, { recursive: true });
    const opened = openOn(folder, plan);
    const images: string[] = [];
    try {
      const promised = await script(opened.disk, changed(opened.ledger));
      const [killed, powerless] = [opened.disk.imageAfterKill(), opened.disk.imageAfterPowerCut()];
      images.push(killed, powerless);
      const violations = [
        ...(await violationsIn(killed, promised, 'kill')).map((text) => `after a kill: ${text}`),
        ...(await violationsIn(powerless, promised, 'power cut')).map((text) => `after a power cut: ${text}`),
        ...promised.violations,
      ];
      return { steps: opened.disk.steps, violations };
    } finally {
      opened.close();
      for (const each of [folder, ...images]) rmSync(each, { recursive: true, force: true });
    }
  }
}

function openOn(folder: string, plan: FaultPlan) {
  const database = openDatabase(join(folder, DB), {
    schema: LEDGER_SCHEMA,
    fileMode: 0o600,
    mustExist: true,
  });
  const disk = new FaultyDisk(folder, plan);
  const plain = new SqliteLedger(disk.under(database), LOG_PAGES);
  const file = MirrorFile.open(join(folder, MIRROR), installOf(database), plain.auditEnd().sequence);
  if ('fault' in file) throw new Error(file.fault);
  const mirror = {
    write: (sequence: bigint) => disk.write(() => file.write(sequence)),
    close: () => file.close(),
  };
  const close = (): void => {
    database.close();
    file.close();
  };
  return { disk, ledger: mirroredLedger(plain, mirror), close };
}

function installOf(database: ReturnType<typeof openDatabase>): Uint8Array {
  return database.prepare('SELECT install FROM custody').get()?.['install'] as Uint8Array;
}

interface Promised {
  /** Messages that the key was asked to sign before the end, as digests. */
  readonly begun: readonly string[];
  /** Signatures that left, by name of the request. */
  readonly released: ReadonlyMap<string, Uint8Array>;
  readonly violations: readonly string[];
}

/** Votes through a view, leaves the next one twice, and proposes in the one that this member leads. */
async function script(disk: FaultyDisk, ledger: CustodyLedger): Promise<Promised> {
  const world = new CustodyWorld(ledger.state());
  const begun: string[] = [];
  const released = new Map<string, Uint8Array>();
  const violations: string[] = [];
  let isLost = false;
  const desk = new SigningDesk({
    key: countingKey((digest) => {
      if (!disk.isDead) begun.push(digest);
    }),
    ledger,
    custodian: world.custodian,
    inFlightMax: 1,
    queueMax: 16,
    onRecordLost: () => {
      isLost = true;
    },
  });
  for (const { name, wanted } of asked(world)) {
    const wasLost = isLost;
    const reply = await desk.sign(wanted).catch(() => undefined);
    if (disk.isDead) break;
    if (reply === undefined) continue;
    if (wasLost) violations.push(`${name} was signed after the disk had failed`);
    released.set(name, reply.signature);
    await nextTurn();
  }
  return { begun, released, violations };
}

/** Learns what the requests rest on, and lists them. */
function asked(world: CustodyWorld): readonly Asked[] {
  const [one, two] = [blockOn(GENESIS, 1), blockOn(GENESIS, 1, { salt: 1 })];
  for (const block of [one, two]) {
    world.proposed(block);
    for (const phase of ['prepare', 'pre-commit'] as const) world.certified(phase, block);
  }
  const [led, ledToo] = [blockOn(one, 4), blockOn(one, 4, { salt: 1 })];
  const votes = (['prepare', 'pre-commit', 'commit'] as const).map((kind) => ({
    name: kind,
    wanted: world.about(kind, one),
    other: world.about(kind, two),
  }));
  const proposal = (block: Block) => world.about('proposal', block, { justifyView: 1 });
  return [
    ...votes,
    { name: 'timeout', wanted: world.timeout(2, one), other: world.timeout(2, two) },
    { name: 'proposal', wanted: proposal(led), other: proposal(ledToo) },
  ];
}

/** No two of its signatures are alike, so a repeated signing is noticed. */
function countingKey(begin: (digest: string) => void): SigningDeskOptions['key'] {
  let count = 0;
  return {
    refusal: undefined,
    async sign(message) {
      count += 1;
      begin(createHash('sha256').update(message).digest('hex'));
      await nextTurn();
      return new Uint8Array([...message.subarray(0, 4), count]);
    },
  };
}

async function violationsIn(
  image: string,
  { begun, released }: Promised,
  after: 'kill' | 'power cut',
): Promise<string[]> {
  const { ledger, install } = await openLedger(join(image, DB), OWNER);
  const mirror = MirrorFile.open(join(image, MIRROR), install, ledger.auditEnd().sequence);
  try {
    const world = new CustodyWorld(ledger.state());
    const recorded = new Set<string>(world.custodian.state.signed.values());
    const unrecorded = begun.filter((digest) => !recorded.has(digest));
    return [
      ...('fault' in mirror ? [mirror.fault] : []),
      ...unrecorded.map((digest) => `${digest} was signed unrecorded`),
      ...asked(world).flatMap((each) => {
        const signature = released.get(each.name);
        if (signature === undefined) return [];
        return brokenPromises(each, {
          custodian: world.custodian,
          ledger,
          signature,
          isStored: after === 'kill',
        });
      }),
    ];
  } finally {
    ledger.close();
    if (!('fault' in mirror)) mirror.close();
  }
}

interface Left {
  readonly custodian: CustodyWorld['custodian'];
  readonly ledger: CustodyLedger;
  readonly signature: Uint8Array;
  /** Whether the very bytes must be there. */
  readonly isStored: boolean;
}

/** The fault of a statement whose signature had left. */
function brokenPromises(
  { name, wanted, other }: Asked,
  { custodian, ledger, signature, isStored }: Left,
): string[] {
  const [again, contrary] = [custodian.decide(wanted), custodian.decide(other)];
  const found: string[] = [];
  if (contrary.kind !== 'refuse') found.push(`the other ${name} would be signed too (${contrary.kind})`);
  if (again.kind === 'repeat') {
    const stored = ledger.signatureIn(again.slot)?.signature ?? new Uint8Array();
    if (isStored && !equalBytes(stored, signature)) found.push(`${name} had left in other bytes`);
  } else {
    found.push(`${name} had left, and is ${again.kind === 'refuse' ? again.reason : again.kind}`);
  }
  return found;
}
