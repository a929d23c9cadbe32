import { type Check, check } from './doctor-check.ts';
import { judgeFileMode } from './doctor-folder.ts';
import type { FileFacts } from './machine-facts.ts';

/** A file of certificates of the node. */
export interface CertificateState {
  readonly path: string;
  /** The life of each certificate in it, ms since 1970, or why there is none to be seen. */
  readonly found:
    | readonly { readonly notBeforeMs: number; readonly notAfterMs: number }[]
    | 'missing'
    | 'unreadable';
}

/** A file or folder of the home that is for the user of the node alone. */
export interface PrivatePath extends FileFacts {
  readonly isFolder: boolean;
}

/** A path by which others reach a private key: every service refuses to start with it (`libs/key-files/private-path.ts`). */
interface OpenPath {
  readonly path: string;
  readonly found: string;
  readonly cure: string;
}

export interface ModeFacts {
  readonly paths: readonly PrivatePath[];
  readonly exposures: readonly OpenPath[];
}

const DAY_MS = 86_400_000;
const NEAR_DAYS = 30;
/** A certificate that lives for days is renewed when a third of its life is left. */
const NEAR_PART = 1 / 3;
const OTHERS_WRITE = 0o022;
const OTHERS_MAY = 0o077;
const RENEWAL =
  '"btcfed pki issue" makes a new one by an authority of your own ("btcfed pki init"), and "btcfed pki rotate" renews one of such an ' +
  'authority; the files of tls/ belong together: deploy/tls/README.md';

/** Judges a file by the certificate in it that ends first. */
export function judgeCertificate({ path, found }: CertificateState, nowMs: number): Check {
  const name = 'certificate';
  if (found === 'missing') return check(name, 'failure', `${path} is missing`, RENEWAL);
  if (found === 'unreadable')
    return check(
      name,
      'warning',
      `unknown: ${path} may not be read`,
      'run "btcfed doctor" as the user of the node',
    );
  if (found.length === 0) return check(name, 'failure', `${path} has no PEM certificate`, RENEWAL);
  const early = found.find(({ notBeforeMs }) => notBeforeMs > nowMs);
  if (early !== undefined) {
    const cure = `look at the clock first ("date --utc"), then: ${RENEWAL}`;
    return check(name, 'failure', `${path} is not valid before ${dayOf(early.notBeforeMs)}`, cure);
  }
  const first = found.reduce((one, other) => (other.notAfterMs < one.notAfterMs ? other : one));
  const { notBeforeMs, notAfterMs } = first;
  const leftMs = notAfterMs - nowMs;
  const isNear = leftMs < Math.min(NEAR_DAYS * DAY_MS, NEAR_PART * (notAfterMs - notBeforeMs));
  if (leftMs <= 0) return check(name, 'failure', `${path} expired on ${dayOf(notAfterMs)}`, RENEWAL);
  const left =
    leftMs < DAY_MS ? `${Math.floor(leftMs / 60_000)} minutes` : `${Math.floor(leftMs / DAY_MS)} days`;
  return check(name, isNear ? 'warning' : 'ok', `${path} until ${dayOf(notAfterMs)}, ${left} left`, RENEWAL);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Judges who may reach the secrets of a home. All that is well is told in one check. */
export function judgeModes({ paths, exposures }: ModeFacts): readonly Check[] {
  const open = exposures.map(({ found, cure }) => check('mode', 'failure', found, cure));
  const named = new Set(exposures.map(({ path }) => path));
  const others = paths.filter(({ path }) => !named.has(path)).map(modeOf);
  const bad = others.filter(({ verdict }) => verdict !== 'ok');
  const well = others.length - bad.length;
  return [...open, ...bad, check('mode', 'ok', `${well} files and folders are for one user alone`, '')];
}

/** A folder that others may look into gives away names, and no content. */
function modeOf(path: PrivatePath): Check {
  const { isFolder, isOwn, mode } = path;
  const isOnlySeen = isFolder && isOwn && (mode & OTHERS_MAY) !== 0 && (mode & OTHERS_WRITE) === 0;
  if (!isOnlySeen) return judgeFileMode(path, 'the node');
  const found = `${path.path} ${mode.toString(8)}: others may look into it`;
  return check('mode', 'warning', found, `chmod go= ${path.path}`);
}
