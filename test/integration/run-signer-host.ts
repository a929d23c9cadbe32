import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { SignerHost } from './signer-host.ts';

/**
 * `npm run drill:signer-host -- --shell "ssh root@HOST" --address HOST:7102 --listen IP:7102 --caller IP [--json]`: makes
 * a machine that may be thrown away a signer's host, by the commands of services/signer/isolated-host.md as they stand
 * there, and has it sign, crash, hide, refuse and be upgraded. It needs systemd, root, and a TPM (swtpm is one).
 */
const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { shell: text, address: text, listen: text, caller: text, json: { type: 'boolean' } },
});
const { shell, address, listen, caller, json = false } = values;
if (shell === undefined || address === undefined || listen === undefined || caller === undefined) {
  throw new Error('expected --shell, --address, --listen and --caller');
}

const SIGNATURE_BYTES = 17_088;
const CORE = 'btcfed-signer-core';
const PID = `$(systemctl show --property MainPID --value ${CORE})`;
const UNTIL_SIGNS = `until btcfed signer status --socket /run/btcfed-signer/admin.sock > status; do sleep 1; done`;

const done: { readonly step: string; readonly found: string }[] = [];
async function step(name: string, work: () => string | Promise<string>): Promise<void> {
  const found = await work();
  done.push({ step: name, found });
  if (!json) process.stdout.write(`ok  ${name}: ${found}\n`);
}

await using host = await SignerHost.prepared({ shell: shell.split(' '), address, listen, caller });
const signs = async (view: number): Promise<string> => {
  host.shell(UNTIL_SIGNS);
  assert.equal(await host.sign(view), SIGNATURE_BYTES);
  return `view ${view} signed`;
};

await step('systemd', () =>
  host.shell('cat /proc/1/comm; systemctl --version | head -1; uname -r').trim().replaceAll('\n', ', '),
);
await step('every command of the document', () => {
  const exposures = [...host.run('host').matchAll(/exposure level for \S+: [\d.]+/g)].map(String);
  assert.equal(exposures.length, 2);
  return exposures.join(', ');
});
await step('a vote', () => signs(1));
await step('another key of the same authority', async () => {
  await assert.rejects(host.sign(2, 'other'), /PERMISSION_DENIED/);
  return 'refused';
});
await step('the core as others see it', () => {
  for (const file of ['mem', 'environ', 'maps']) {
    const read = `! runuser -u btcfed-signer -- head -c 1 /proc/${PID}/${file} > read 2>&1; grep 'Permission denied' read`;
    host.shell(read);
  }
  assert.match(host.shell(`cat /proc/${PID}/coredump_filter`), /^0+$/m);
  assert.match(host.shell(`grep 'core file size' /proc/${PID}/limits`), / 0 +0 +bytes/);
  assert.match(host.shell(`grep Seccomp: /proc/${PID}/status`), /2$/m);
  return 'memory and environment closed to its own user, no dump, system calls filtered';
});
await step('a program with a compiler under MemoryDenyWriteExecute', () => {
  const node = 'systemd-run --wait --quiet -p MemoryDenyWriteExecute=yes /opt/btcfed-signer/node';
  host.shell(`! ${node} -e 1; ${node} --jitless -e 1`);
  return 'ends; without one it runs';
});
await step('kill -9', async () => {
  host.shell(`kill -9 ${PID}; sleep 3; test "$(systemctl show --property NRestarts --value ${CORE})" = 1`);
  return `started again, opened by the TPM; ${await signs(3)}`;
});
await step('a crash', async () => {
  host.shell(
    `kill -SEGV ${PID}; sleep 3; test -z "$(find / -xdev -newermt '-1 minute' -name 'core*' -size +1M -type f)"`,
  );
  return `no dump; ${await signs(4 + 1)}`;
});
await step('an address that is not allowed', async () => {
  const drop = '/etc/systemd/system/btcfed-signer-edge.service.d/consensus.conf';
  host.shell(`mv ${drop} kept.conf; systemctl daemon-reload; systemctl restart btcfed-signer-edge`);
  await assert.rejects(host.sign(6));
  host.shell(`mv kept.conf ${drop}; systemctl daemon-reload; systemctl restart btcfed-signer-edge`);
  return 'no connection';
});
await step('another version', async () => {
  host.run('upgrade');
  return signs(7);
});
if (json) process.stdout.write(`${JSON.stringify({ ok: true, steps: done }, null, 2)}\n`);
