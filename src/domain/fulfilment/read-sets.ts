import { isSet, type Selection } from '../orders/selection.ts'
import { type Db, planForSets } from '../shared/tx.ts'

/**
 * Reads over whole sets with the joins that sets want (`planForSets`), in a transaction of its own where the caller has none: what was just
 * written has no statistics yet. A few ids are found one by one.
 */
export async function readSets<T>(db: Db, selection: Selection | null, read: (db: Db) => Promise<T>): Promise<T> {
  if (selection && !isSet(selection)) return await read(db)
  const planned = async (each: Db) => {
    await planForSets(each)
    return await read(each)
  }
  return db.isTransaction ? await planned(db) : await db.transaction().execute(planned)
}
