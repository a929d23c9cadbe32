import { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { signerAuditCommand } from './signer-audit.ts';
import { signerBackupCommand } from './signer-backup.ts';
import { signerClientCommand } from './signer-client.ts';
import { signerDoctorCommand } from './signer-doctor.ts';
import { signerInitCommand } from './signer-init.ts';
import { signerKeyCommand } from './signer-key.ts';
import { signerKeygenCommand } from './signer-keygen.ts';
import { signerRotateCommand } from './signer-rotate.ts';
import { signerSealCommand, signerUnsealCommand } from './signer-seal.ts';
import { signerSelftestCommand } from './signer-selftest.ts';
import { signerStateCommand } from './signer-state.ts';
import { signerStatusCommand } from './signer-status.ts';
import { signerLockCommand, signerUnlockCommand } from './signer-unlock.ts';

const EXAMPLES = `
Examples:
  $ btcfed signer status --home dave
  $ btcfed signer doctor --home dave
  $ btcfed signer unlock --home dave
  $ btcfed signer seal --home dave --new-passphrase-file passphrase
  $ btcfed signer state export --home dave --out history.json
  $ btcfed signer audit verify --home dave
  $ btcfed signer client list --home dave
  $ btcfed signer selftest --json
  $ btcfed signer selftest --scheme slh-dsa-sha2-256s`;

/** The signer's side of things: what keeps the key of a member. */
export function signerCommand(context: CommandContext): Command {
  return new Command('signer')
    .description(
      'look after the key of a member, the record of what it signed, and what its signer depends on',
    )
    .addCommand(signerStatusCommand(context))
    .addCommand(signerDoctorCommand(context))
    .addCommand(signerUnlockCommand(context))
    .addCommand(signerLockCommand(context))
    .addCommand(signerKeygenCommand(context))
    .addCommand(signerInitCommand(context))
    .addCommand(signerKeyCommand(context))
    .addCommand(signerRotateCommand(context))
    .addCommand(signerBackupCommand(context))
    .addCommand(signerSealCommand(context))
    .addCommand(signerUnsealCommand(context))
    .addCommand(signerStateCommand(context))
    .addCommand(signerAuditCommand(context))
    .addCommand(signerClientCommand(context))
    .addCommand(signerSelftestCommand(context))
    .addHelpText('after', EXAMPLES);
}
