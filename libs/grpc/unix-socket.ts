import { chmodSync, lstatSync, mkdirSync, type Stats, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { ListenError, type ListenErrorDetail } from './listen-error.ts';

const OPEN_TO_OTHERS = 0o077;
const STICKY = 0o1000;
const PROBE_TIMEOUT_MS = 1_000;

/**
 * Makes `path` free to listen on. Its folder is made, or tightened, to 0700: every user who reaches the socket can
 * speak. A socket file that a dead process left behind is removed, after a connect has shown that nobody answers.
 */
export async function prepareSocket(path: string): Promise<void> {
  prepareFolder(path);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw refused(path, 'ADDRESS_UNAVAILABLE', 'exists and is not a socket');
  if (await answers(path))
    throw refused(path, 'ADDRESS_IN_USE', 'is served by another process: stop it first');
  unlinkSync(path);
}

function prepareFolder(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if ((found.mode & OPEN_TO_OTHERS) === 0) return;
  if (!isOurs(found)) {
    const what = 'lies in a folder that others may enter: choose one of your own with mode 0700';
    throw refused(path, 'SOCKET_FOLDER_OPEN', what);
  }
  chmodSync(folder, 0o700);
}

/** A folder like /tmp is never ours to tighten, not even as root. */
function isOurs(folder: Stats): boolean {
  return folder.isDirectory() && folder.uid === process.getuid?.() && (folder.mode & STICKY) === 0;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle(true));
    socket.once('connect', () => settle(true));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') settle(false);
      else reject(refused(path, 'ADDRESS_UNAVAILABLE', 'cannot be probed', error));
    });
  });
}

function refused(path: string, code: ListenErrorDetail['code'], why: string, cause?: Error): ListenError {
  const address = `unix:${path}`;
  return new ListenError(`address ${address} ${why}`, { code, address }, { cause });
}
