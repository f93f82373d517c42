/*
 * A backup is gzip over lines. First a header, then for each table a line with its name and columns, its rows in
 * PostgreSQL's COPY text format, and the line `\.`; last a line with the number of rows and the SHA-256 of everything
 * before it. COPY writes no raw line break inside a row, so a line is a row.
 */

export const formatName = 'afterfund-backup'
export const formatVersion = 1
export const endOfTable = '\\.'

/** Sign-ins are not taken along: after a restore everybody signs in again. The list of migrations is in the header. */
export const tablesLeftOut: readonly string[] = ['sessions', 'account_verifications', 'kysely_migration', 'kysely_migration_lock']

export type BackupHeader = { format: string; version: number; created_at: string; migrations: string[] }
export type TableLine = { table: string; columns: string[] }
export type EndLine = { rows: number; sha256: string }
