import type { ColumnType } from 'kysely'

/** jsonb: written as a value or as JSON text. */
export type Json<T> = ColumnType<T, T | string, T | string>
/** jsonb that the database fills when nothing is said. */
export type JsonDefault<T> = ColumnType<T, T | string | undefined, T | string>
/** timestamptz: read as a Date, written as one or as ISO 8601. */
export type Time = ColumnType<Date, Date | string, Date | string>
/** timestamptz that may be null. */
export type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
/** jsonb that may be null; what it holds is checked where it is read. */
export type MaybeJson = ColumnType<unknown, unknown, unknown>
