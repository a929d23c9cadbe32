import { AppError } from '#libs/errors/app-error.ts';

export type BackupErrorDetail =
  /** A text that is not a share, or a share that was changed or mistyped. */
  | { readonly code: 'BACKUP_SHARE_INVALID' }
  /** Shares of different keys or of different splits, or one of them twice. */
  | { readonly code: 'BACKUP_SHARES_MIXED' }
  | { readonly code: 'BACKUP_SHARES_TOO_FEW'; readonly threshold: number }
  /** The shares give another secret than the one that was split. */
  | { readonly code: 'BACKUP_BROKEN' }
  /** Numbers that make no sense. */
  | { readonly code: 'BACKUP_PLAN_REFUSED' };

/** The reason why a secret cannot be split, or not be restored. It never holds a part of the secret. */
export class BackupError extends AppError<BackupErrorDetail> {
  override readonly name = 'BackupError';
}
